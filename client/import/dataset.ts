import type { DatasetVersion } from '../../contracts/dataset.ts';
import type { Example } from '../../contracts/example.ts';
import type { Json } from '../../contracts/json.ts';
import type { Db } from '../../db/connect.ts';
import { importDataset } from '../../db/datasets.ts';
import { conversationsOf } from '../../domain/promote/conversation.ts';
import { type MembershipChange, placeConversations } from '../../domain/promote/membership.ts';
import { inputsText } from '../../domain/promote/text.ts';
import { InvalidInputError } from '../errors.ts';
import { count } from '../terminal/figures.ts';

export type DatasetImport = {
  readonly db: Db;
  readonly project: string;
  readonly name: string;
  readonly examples: readonly Example[];
  readonly gold: Readonly<Record<string, Json>>;
  /** Of a project that is new. */
  readonly salt: string | undefined;
  /** Tag that pins a conversation's part at its first import. */
  readonly pin: string | undefined;
  /** Share of conversations to be sealed at the first split of the project. */
  readonly sealed: number;
};

export type Imported = {
  readonly version: DatasetVersion;
  readonly created: boolean;
  /** What a person should know of the split. */
  readonly remarks: readonly string[];
};

/**
 * Imports examples as a dataset version and places new conversations for ever; all or nothing.
 * @throws ImportError | PinError | InvalidInputError when a pin contradicts a part that was settled before
 */
export async function importExamples(wanted: DatasetImport): Promise<Imported> {
  const { db, project, name, examples, gold, salt, pin } = wanted;
  const { version, created, placed } = await importDataset(db, {
    project,
    name,
    examples,
    gold,
    salt,
    place: (split) => {
      const change = placeConversations({
        known: split.known.map(({ rows, ...known }) => ({ ...known, texts: rows.map(inputsText) })),
        incoming: conversationsOf(examples, pin),
        salt: split.salt,
        sealed: split.sealed ?? wanted.sealed,
      });
      refuseLatePins(change);
      return { ...change, exposed: exposedOf(change) };
    },
  });
  return { version, created, remarks: remarksOf(placed) };
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

function remarksOf(change: MembershipChange): readonly string[] {
  const { bridges, groups, largestGroup } = change;
  const exposed = exposedOf(change);
  return [
    ...(largestGroup > 1
      ? [
          `${groups} groups of near-duplicates; the largest has ${count(largestGroup, 'conversation')}`,
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
