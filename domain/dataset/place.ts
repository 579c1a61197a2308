import type { Example } from '../../contracts/example.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { Membership } from '../../contracts/part.ts';
import { conversationsOf } from '../promote/conversation.ts';
import { type MembershipChange, placeConversations } from '../promote/membership.ts';
import { LEAST_CLUSTERS } from '../promote/primary.ts';
import { inputsText } from '../promote/text.ts';

export type Placement = Omit<MembershipChange, 'sealed'> & {
  /** Share of draws that are sealed; null where nothing was drawn for it. */
  readonly sealed: number | null;
  /** Sealed conversations that a near-duplicate in another part gave away. */
  readonly exposed: readonly string[];
};

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
export function placeRows({ examples, pin, sealed }: Placing, split: Split): Placement {
  const change = placeConversations({
    known: split.known.map(({ rows, ...known }) => ({ ...known, texts: rows.map(inputsText) })),
    incoming: conversationsOf(examples, pin),
    salt: split.salt,
    sealed: sealed === null ? 0 : (split.sealed ?? sealed),
    ...(sealed !== null && { minimum: LEAST_CLUSTERS }),
  });
  const exposed = [...new Set(change.bridges.flatMap((bridge) => bridge.exposed))];
  return { ...change, ...(sealed === null && { sealed }), exposed };
}

/** What a person should know of the split. */
export function remarksOf({
  bridges,
  grouped,
  largestGroup,
  exposed,
}: Placement): readonly string[] {
  return [
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
