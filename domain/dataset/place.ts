import type { Example } from '../../contracts/example.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { Membership } from '../../contracts/part.ts';
import { type Conversation, conversationsOf } from '../promote/conversation.ts';
import { type MembershipChange, placeConversations } from '../promote/membership.ts';
import { LEAST_CLUSTERS } from '../promote/primary.ts';
import { inputsText } from '../promote/text.ts';

export type Placement = Omit<MembershipChange, 'sealed'> & {
  /** Share of draws that are sealed; null where nothing was drawn for it. */
  readonly sealed: number | null;
  /** Sealed conversations that a near-duplicate in another part gave away. */
  readonly exposed: readonly string[];
  /** Conversations of an import too small to seal any of them; null otherwise. */
  readonly unsealed: number | null;
};

/** An import of fewer conversations seals none by itself: no gate could decide on the part, and nobody would see those rows. */
export const LEAST_TO_SEAL = 2 * LEAST_CLUSTERS;

export type Placing = {
  readonly examples: readonly Example[];
  /** Tag that pins a conversation's part at its first import. */
  readonly pin?: string | undefined;
  /**
   * Share of conversations to be sealed at the first split of the project. Null: none of the new ones is, since people will have seen
   * them; the share is left to a later import.
   */
  readonly sealed: number | null;
};

type Split = {
  /** Conversations placed before, with the inputs of each of their rows. */
  readonly known: readonly (Membership & { readonly rows: readonly JsonObject[] })[];
  readonly salt: string;
  readonly sealed: number | null;
};

/** Places the conversations of rows for ever; a pin against a part that is settled is among its `refusedPins`. @throws PinError */
export function placeRows({ examples, pin, ...wanted }: Placing, split: Split): Placement {
  const incoming = conversationsOf(examples, pin);
  const unsealed = wanted.sealed !== null && isSmall(incoming, split) ? incoming.length : null;
  const sealed = unsealed === null ? wanted.sealed : null;
  const change = placeConversations({
    known: split.known.map(({ rows, ...known }) => ({ ...known, texts: rows.map(inputsText) })),
    incoming,
    salt: split.salt,
    sealed: sealed === null ? 0 : (split.sealed ?? sealed),
    ...(sealed !== null && { minimum: LEAST_CLUSTERS }),
  });
  const exposed = [...new Set(change.bridges.flatMap((bridge) => bridge.exposed))];
  return { ...change, ...(sealed === null && { sealed }), exposed, unsealed };
}

/** Whether a project that was never split meets so few conversations that are not pinned that none is sealed. */
function isSmall(incoming: readonly Conversation[], { known, sealed }: Split): boolean {
  if (sealed !== null) return false;
  const there = new Set(known.map(({ conversation }) => conversation));
  const fresh = incoming.filter(({ key, pin }) => !there.has(key) && pin === undefined);
  return fresh.length > 0 && incoming.length < LEAST_TO_SEAL;
}

/** What a person should know of the split. */
export function remarksOf({
  bridges,
  grouped,
  largestGroup,
  exposed,
  unsealed,
}: Placement): readonly string[] {
  return [
    ...(unsealed === null
      ? []
      : [
          `${conversations(unsealed)}, fewer than ${LEAST_TO_SEAL}: nothing is sealed, and an evaluation shows every row. A cycle with a gate needs at least ${LEAST_CLUSTERS} sealed conversations: import ${LEAST_TO_SEAL} or more that are new, and a part of them is sealed`,
        ]),
    ...(grouped > 0
      ? [
          `${conversations(grouped)} have near-duplicates in others; what is alike is placed in one part together (largest group: ${largestGroup})`,
        ]
      : []),
    ...bridges.map(
      ({ conversations: met, part }) =>
        `near-duplicates ${met.slice(0, 5).join(', ')} met from different parts; new ones went to ${part}`,
    ),
    ...(exposed.length > 0
      ? [
          `${conversations(exposed.length, 'sealed ')} with a near-duplicate in another part (${exposed.slice(0, 5).join(', ')}): retired, no gate uses ${exposed.length === 1 ? 'it' : 'them'} any more`,
        ]
      : []),
  ];
}

const conversations = (count: number, kind = ''): string =>
  `${count.toLocaleString('en')} ${kind}${count === 1 ? 'conversation' : 'conversations'}`;
