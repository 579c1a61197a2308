import { sql } from 'kysely';
import type { DatasetVersion } from '../../contracts/dataset.ts';
import type { Example } from '../../contracts/example.ts';
import { hashJson } from '../../contracts/hash.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import type { Membership } from '../../contracts/part.ts';
import { columns, json, jsonOrNull } from '../column.ts';
import { type Db, inTransaction } from '../connect.ts';
import { versionOf } from './version.ts';
import { ImportError } from '../errors.ts';
import { keepMemberships, knownConversations } from './memberships.ts';
import { ensureProject } from '../projects.ts';

/** A conversation placed before, with the inputs of each of its rows. */
export type Known = Membership & { readonly rows: readonly JsonObject[] };

export type Placed = {
  /** Of new conversations only. */
  readonly memberships: readonly Membership[];
  /** Share of draws that are sealed; kept at the first split. Null where nothing was drawn for it. */
  readonly sealed: number | null;
  /** Sealed conversations that a near-duplicate in another part gave away: they serve no gate any more. */
  readonly exposed?: readonly string[];
};

export type Import<P extends Placed> = {
  readonly project: string;
  readonly name: string;
  readonly examples: readonly Example[];
  /** Right output by example id; reports alone read it. */
  readonly gold?: Readonly<Record<string, Json>>;
  /** Salt of a project that is new. */
  readonly salt?: string | undefined;
  /** Decides the parts of conversations that are new; `sealed` is null at the first split of the project. */
  readonly place: (split: {
    readonly known: readonly Known[];
    readonly salt: string;
    readonly sealed: number | null;
  }) => P;
};

export type ImportedVersion<P> = {
  readonly version: DatasetVersion;
  /** False where a version with equal rows was there. */
  readonly created: boolean;
  readonly placed: P;
};

/**
 * Imports rows as an immutable version, or finds the version with equal rows; all or nothing.
 * @throws ImportError
 */
export function importDataset<P extends Placed>(
  db: Db,
  { project, name, examples, gold = {}, salt, place }: Import<P>,
): Promise<ImportedVersion<P>> {
  return inTransaction(db, async (tx) => {
    await ensureProject(tx, { project, salt });
    const split = await lockProject(tx, project);
    const rows = distinct(examples);
    return writeVersion(tx, { project, name, rows, fresh: rows, gold, split, place });
  });
}

type Split = Awaited<ReturnType<typeof lockProject>>;

type Writing<P extends Placed> = Pick<Import<P>, 'project' | 'name' | 'place'> & {
  readonly split: Split;
  readonly rows: readonly Example[];
  /** Those of the rows that may be new. */
  readonly fresh: readonly Example[];
  readonly gold: Readonly<Record<string, Json>>;
};

/** Places and keeps what is new, and writes the version, under the lock of the project. */
export async function writeVersion<P extends Placed>(
  tx: Db,
  { project, name, rows, fresh, gold, split, place }: Writing<P>,
): Promise<ImportedVersion<P>> {
  const { split_salt, sealed_share } = split;
  const known = await knownConversations(tx, project);
  const placed = place({ known, salt: split_salt, sealed: sealed_share });
  await keepMemberships(tx, { project, first: sealed_share === null, ...placed });
  await retire(tx, { project, name, exposed: placed.exposed ?? [] });
  await keepExamples(tx, project, fresh);
  await allPlaced(tx, project, fresh);
  await tx
    .insertInto('dataset')
    .values({ project, name })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await keepGold(tx, { project, name, rows, gold });
  const kept = await keepVersion(tx, { project, name, rows });
  // Plans made without statistics read a whole version for each row of a batch.
  if (kept.created) await sql`analyze example, dataset_row, membership`.execute(tx);
  return { ...kept, placed };
}

async function retire(
  tx: Db,
  at: { readonly project: string; readonly name: string; readonly exposed: readonly string[] },
): Promise<void> {
  const { project, name, exposed } = at;
  const who = `import of ${name}`;
  if (exposed.length > 0)
    await tx
      .insertInto('retirement')
      .values(exposed.map((conversation) => ({ project, conversation, who })))
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

export const lockProject = (tx: Db, project: string) =>
  tx
    .selectFrom('project')
    .select(['split_salt', 'sealed_share'])
    .where('name', '=', project)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();

/** Equal rows are one; the same id with other content is refused. */
export function distinct(examples: readonly Example[]): readonly Example[] {
  const found = new Map<string, Example>();
  for (const example of examples) {
    const before = found.get(example.id);
    if (before && before.hash !== example.hash)
      throw new ImportError(
        example.id,
        'stands twice with different content; give each its own id',
      );
    if (before && before.conversation !== example.conversation)
      throw new ImportError(example.id, 'stands in two conversations; give each row its own id');
    found.set(example.id, example);
  }
  if (found.size === 0) throw new ImportError('(none)', 'the dataset is empty; give at least one');
  return [...found.values()];
}

async function keepExamples(tx: Db, project: string, rows: readonly Example[]): Promise<void> {
  const c = columns(rows, {
    id: (row) => row.id,
    hash: (row) => row.hash,
    conversation: (row) => row.conversation,
    inputs: (row) => json(row.inputs),
    outputs: (row) => jsonOrNull(row.outputs),
    outputHash: (row) => (row.outputs === undefined ? null : hashJson(row.outputs)),
    expectations: (row) => jsonOrNull(row.expectations),
    tags: (row) => json(row.tags),
    source: (row) => jsonOrNull(row.source),
  });
  await sql`
    insert into example
      (project, id, hash, conversation, inputs, outputs, output_hash, expectations, tags, source)
    select ${project}, * from unnest(${c.id}::text[], ${c.hash}::text[], ${c.conversation}::text[],
      ${c.inputs}::json[], ${c.outputs}::json[], ${c.outputHash}::text[],
      ${c.expectations}::json[], ${c.tags}::jsonb[], ${c.source}::json[])
    on conflict do nothing`.execute(tx);
  const { rows: moved } = await sql<{ id: string; conversation: string }>`
    select e.id, e.conversation
    from unnest(${c.id}::text[], ${c.hash}::text[], ${c.conversation}::text[])
      as n (id, hash, conversation)
    join example e on e.project = ${project} and e.id = n.id and e.hash = n.hash
    where e.conversation <> n.conversation limit 1`.execute(tx);
  if (moved[0])
    throw new ImportError(
      moved[0].id,
      `belongs to conversation \`${moved[0].conversation}\` since an earlier import, and its part with it; keep the conversation`,
    );
}

// Reading joins the parts: a conversation without one would silently be no row.
async function allPlaced(tx: Db, project: string, rows: readonly Example[]): Promise<void> {
  const { rows: stray } = await sql<{ conversation: string }>`
    select n.conversation from unnest(${rows.map((row) => row.conversation)}::text[])
      as n (conversation)
    where not exists (select from membership m
      where m.project = ${project} and m.conversation = n.conversation) limit 1`.execute(tx);
  if (stray[0]) throw new Error(`\`place\` gave conversation ${stray[0].conversation} no part`);
}

type Rows = {
  readonly project: string;
  readonly name: string;
  readonly rows: readonly Example[];
};

async function keepGold(
  tx: Db,
  { project, name, rows, gold }: Rows & { readonly gold: Readonly<Record<string, Json>> },
): Promise<void> {
  const ids = new Set(rows.map((row) => row.id));
  const stray = Object.keys(gold).find((id) => !ids.has(id));
  if (stray !== undefined)
    throw new ImportError(stray, 'has gold but is no row of the dataset; mend the gold file');
  const c = columns(Object.entries(gold), { id: ([id]) => id, value: ([, value]) => json(value) });
  await sql`
    insert into gold (project, dataset, example, value)
    select ${project}, ${name}, * from unnest(${c.id}::text[], ${c.value}::jsonb[])
    on conflict (project, dataset, example) do update set value = excluded.value`.execute(tx);
}

async function keepVersion(
  tx: Db,
  { project, name, rows }: Rows,
): Promise<{ readonly version: DatasetVersion; readonly created: boolean }> {
  const hash = hashJson(rows.map((row) => [row.id, row.hash]));
  const versions = tx
    .selectFrom('dataset_version')
    .where('project', '=', project)
    .where('dataset', '=', name);
  const before = await versions.selectAll().where('hash', '=', hash).executeTakeFirst();
  if (before) return { version: versionOf(before), created: false };
  const last = await versions.select((eb) => eb.fn.max('number').as('number')).executeTakeFirst();
  const number = (last?.number ?? 0) + 1;
  const row = await tx
    .insertInto('dataset_version')
    .values({
      project,
      dataset: name,
      number,
      id: `${name}@${number}`,
      hash,
      size: rows.length,
      conversations: new Set(rows.map((at) => at.conversation)).size,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  const c = columns(rows, { id: (at) => at.id, hash: (at) => at.hash });
  await sql`
    insert into dataset_row (project, version, ordinal, example, hash)
    select ${project}, ${row.id}, n.ordinal - 1, n.id, n.hash
    from unnest(${c.id}::text[], ${c.hash}::text[]) with ordinality
      as n (id, hash, ordinal)`.execute(tx);
  return { version: versionOf(row), created: true };
}
