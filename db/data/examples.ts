import type { Example } from '../../contracts/example.ts';
import { type Part, TUNE_PARTS } from '../../contracts/part.ts';
import type { Db } from '../connect.ts';
import { NotFoundError, SealedError } from '../errors.ts';

export type PlacedExample = Example & {
  readonly part: Part;
  /** The near-duplicate group of its conversation: the cluster of every interval. */
  readonly group: string;
};

export type VersionRef = { readonly project: string; readonly version: string };

/**
 * Examples of a dataset version in its order, of the parts named. Sealed ones are never among them; those that somebody opened are
 * retired, and stand in `train`.
 * @throws SealedError
 */
export function listExamples(
  db: Db,
  { project, version, parts }: VersionRef & { readonly parts: readonly Part[] },
): Promise<readonly PlacedExample[]> {
  if (parts.includes('sealed')) return Promise.reject(new SealedError(`a part of ${version}`));
  return select(db, { project, version, parts });
}

/** Some examples of the tuned parts, in the order of the dataset. @throws SealedError | NotFoundError */
export async function getExamples(
  db: Db,
  { project, version, ids }: VersionRef & { readonly ids: readonly string[] },
): Promise<readonly PlacedExample[]> {
  if (ids.length === 0) return [];
  const found = await select(db, { project, version, parts: [...TUNE_PARTS, 'sealed'], ids });
  const sealed = found.find((example) => example.part === 'sealed');
  if (sealed) throw new SealedError(`example ${sealed.id}`);
  const missing = ids.find((id) => !found.some((example) => example.id === id));
  if (missing !== undefined)
    throw new NotFoundError('example', missing, `it is not a row of ${version}`);
  return found;
}

/**
 * Every row of a dataset version, sealed ones too: for the next version to be made of, and for no other purpose. Nothing of a sealed row
 * may be shown, judged or counted by its content.
 */
export const rowsToRevise = (db: Db, at: VersionRef): Promise<readonly PlacedExample[]> =>
  select(db, { ...at, parts: [...TUNE_PARTS, 'sealed'] });

/** The first rows of the tuned parts, at least one. @throws NotFoundError */
export async function firstTuneRows(
  db: Db,
  at: VersionRef,
  limit: number,
): Promise<readonly PlacedExample[]> {
  const rows = await select(db, { ...at, parts: TUNE_PARTS, limit });
  if (rows.length === 0)
    throw new NotFoundError('example', at.version, 'its tuned parts are empty; import more rows');
  return rows;
}

/**
 * Opens the sealed rows of a dataset version for a person: from then on no gate uses their conversations. Not to be undone.
 */
export function unsealExamples(
  db: Db,
  { project, version, who }: VersionRef & { readonly who: string },
): Promise<readonly PlacedExample[]> {
  return db.transaction().execute(async (tx) => {
    const examples = await select(tx, { project, version, parts: ['sealed'] });
    const conversations = [...new Set(examples.map((example) => example.conversation))].sort();
    if (conversations.length > 0)
      await tx
        .insertInto('retirement')
        .values(conversations.map((conversation) => ({ project, conversation, who })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    return examples;
  });
}

type Selection = VersionRef & {
  readonly parts: readonly Part[];
  readonly ids?: readonly string[];
  readonly limit?: number;
};

async function select(
  db: Db,
  { project, version, parts, ids, limit }: Selection,
): Promise<readonly PlacedExample[]> {
  // What was opened serves no gate any more: it may be tuned on.
  const tuned = parts.includes('train');
  const rows = await rowsOf(db, { project, version })
    .innerJoin('membership as m', (join) =>
      join.onRef('m.project', '=', 'e.project').onRef('m.conversation', '=', 'e.conversation'),
    )
    .leftJoin('retirement as t', (join) =>
      join.onRef('t.project', '=', 'm.project').onRef('t.conversation', '=', 'm.conversation'),
    )
    .select(EXAMPLE_COLUMNS)
    .select(['m.part', 'm.near_group', 't.who as opened_by'])
    .where((eb) =>
      eb.or([
        eb('m.part', 'in', [...parts]),
        ...(tuned ? [eb.and([eb('m.part', '=', 'sealed'), eb('t.who', 'is not', null)])] : []),
      ]),
    )
    .$if(ids !== undefined, (query) => query.where('e.id', 'in', [...ids!]))
    .$if(limit !== undefined, (query) => query.limit(limit!))
    .execute();
  return rows.map((row) => ({
    ...exampleOf(row),
    part: tuned && row.part === 'sealed' && row.opened_by !== null ? 'train' : row.part,
    group: row.near_group,
  }));
}

/** Rows `r` of a dataset version in its order, with their examples `e`. */
export const rowsOf = (db: Db, { project, version }: VersionRef) =>
  db
    .selectFrom('dataset_row as r')
    .innerJoin('example as e', (join) =>
      join
        .onRef('e.project', '=', 'r.project')
        .onRef('e.id', '=', 'r.example')
        .onRef('e.hash', '=', 'r.hash'),
    )
    .where('r.project', '=', project)
    .where('r.version', '=', version)
    .orderBy('r.ordinal');

export const EXAMPLE_COLUMNS = [
  'e.id',
  'e.conversation',
  'e.hash',
  'e.inputs',
  'e.outputs as recorded',
  'e.expectations',
  'e.tags',
  'e.source',
] as const;

type ExampleRow = Pick<Example, 'id' | 'conversation' | 'hash' | 'inputs' | 'tags'> & {
  readonly recorded: Example['outputs'] | null;
  readonly expectations: Example['expectations'] | null;
  readonly source: Example['source'] | null;
};

export function exampleOf(row: ExampleRow): Example {
  return {
    id: row.id,
    conversation: row.conversation,
    hash: row.hash,
    inputs: row.inputs,
    ...(row.recorded != null && { outputs: row.recorded }),
    ...(row.expectations != null && { expectations: row.expectations }),
    tags: row.tags,
    ...(row.source != null && { source: row.source }),
  };
}
