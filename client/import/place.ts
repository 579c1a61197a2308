import type { Example } from '../../contracts/example.ts';
import type { Known, Placed } from '../../db/import.ts';
import { conversationsOf } from '../../domain/promote/conversation.ts';
import { type MembershipChange, placeConversations } from '../../domain/promote/membership.ts';
import { LEAST_CLUSTERS } from '../../domain/promote/primary.ts';
import { inputsText } from '../../domain/promote/text.ts';
import { InvalidInputError } from '../errors.ts';
import { count } from '../terminal/figures.ts';

export type Placement = Omit<MembershipChange, 'sealed'> &
  Placed & { readonly exposed: readonly string[] };

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
  readonly known: readonly Known[];
  readonly salt: string;
  readonly sealed: number | null;
};

/** Places the conversations of rows for ever. @throws PinError | InvalidInputError for a pin against a part that is settled */
export function placeRows({ examples, pin, sealed }: Placing, split: Split): Placement {
  const change = placeConversations({
    known: split.known.map(({ rows, ...known }) => ({ ...known, texts: rows.map(inputsText) })),
    incoming: conversationsOf(examples, pin),
    salt: split.salt,
    sealed: sealed === null ? 0 : (split.sealed ?? sealed),
    ...(sealed !== null && { minimum: LEAST_CLUSTERS }),
  });
  refuseLatePins(change);
  return { ...change, ...(sealed === null && { sealed }), exposed: exposedOf(change) };
}

function refuseLatePins({ refusedPins }: MembershipChange): void {
  if (refusedPins.length === 0) return;
  throw new InvalidInputError(
    refusedPins.slice(0, 20).map(({ conversation, part, pin }) => ({
      at: `conversation ${conversation}`,
      message: `is pinned to ${pin}, but is in ${part} since its first import; parts are for ever`,
    })),
    'Nothing was imported. Leave the pin out, or import under another project.',
  );
}

const exposedOf = ({ bridges }: MembershipChange): readonly string[] => [
  ...new Set(bridges.flatMap((bridge) => bridge.exposed)),
];

/** What a person should know of the split. */
export function remarksOf(change: Placement): readonly string[] {
  const { bridges, groups, grouped, largestGroup } = change;
  const { exposed } = change;
  return [
    ...(grouped > 0
      ? [
          `${count(grouped, 'conversation')} share near-duplicates with others: each such group is in one part (the largest has ${largestGroup}); ${count(groups, 'group')} in all are what can be drawn`,
        ]
      : []),
    ...bridges.map(
      ({ conversations, part }) =>
        `near-duplicates ${conversations.slice(0, 5).join(', ')} met from different parts; new ones went to ${part}`,
    ),
    ...(exposed.length > 0
      ? [
          `${count(exposed.length, 'sealed conversation')} with a near-duplicate in another part (${exposed.slice(0, 5).join(', ')}): retired, no gate uses ${exposed.length === 1 ? 'it' : 'them'} any more`,
        ]
      : []),
  ];
}
