import { sql } from 'kysely';
import { hashJson } from '../../contracts/hash.ts';
import type { JsonObject } from '../../contracts/json.ts';
import { itemKey, type OutputRef } from '../../contracts/label.ts';
import { TUNE_PARTS } from '../../contracts/part.ts';
import type { Db } from '../connect.ts';
import { listExamples, type PlacedExample } from '../data/examples.ts';

/** What a label is about, as a dataset version holds it. */
export type LabelledOutput = OutputRef & {
  readonly content: PlacedExample;
  readonly outputs: JsonObject;
};

export type LabelledOutputs = {
  readonly found: readonly LabelledOutput[];
  /** On rows that the version does not hold outside of its sealed part. */
  readonly elsewhere: readonly OutputRef[];
  /** On rows that it holds, whose content or recorded output is another one there. */
  readonly changed: readonly OutputRef[];
};

type At = { readonly project: string; readonly version: string };

/** The outputs that labels are about: recorded with the row, or made from it in a run. Sealed rows are never among them. */
export async function labelledOutputs(
  db: Db,
  { refs, ...at }: At & { readonly refs: readonly OutputRef[] },
): Promise<LabelledOutputs> {
  const rows = await listExamples(db, { ...at, parts: TUNE_PARTS });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const held = refs.filter(({ example }) => byId.has(example));
  const recorded = new Map<string, JsonObject>(
    rows.flatMap((row) =>
      row.outputs === undefined
        ? []
        : [[itemKey({ example: row.id, outputHash: hashJson(row.outputs) }), row.outputs] as const],
    ),
  );
  const made = await madeOutputs(
    db,
    at,
    held.filter((ref) => !recorded.has(itemKey(ref))),
  );
  const outputsOf = (ref: OutputRef): JsonObject | undefined =>
    recorded.get(itemKey(ref)) ?? made.get(itemKey(ref));
  return {
    found: held.flatMap((ref) => {
      const outputs = outputsOf(ref);
      return outputs === undefined ? [] : [{ ...ref, content: byId.get(ref.example)!, outputs }];
    }),
    elsewhere: refs.filter(({ example }) => !byId.has(example)),
    changed: held.filter((ref) => outputsOf(ref) === undefined),
  };
}

/** Outputs of runs whose data held the row with the same content, by `<example>#<output hash>`. */
async function madeOutputs(
  db: Db,
  { project, version }: At,
  refs: readonly OutputRef[],
): Promise<ReadonlyMap<string, JsonObject>> {
  if (refs.length === 0) return new Map();
  const { rows } = await sql<{ key: string; outputs: JsonObject }>`
    select distinct on (o.example, o.output_hash)
      o.example || '#' || o.output_hash as key, o.outputs
    from unnest(${refs.map(({ example }) => example)}::text[],
      ${refs.map(({ outputHash }) => outputHash)}::text[]) as n (example, output_hash)
    join rollout o on o.project = ${project} and o.example = n.example
      and o.output_hash = n.output_hash and o.outputs is not null
    join run u on u.project = o.project and u.name = o.run and u.kind <> 'gate'
    join dataset_row theirs on theirs.project = o.project and theirs.version = u.dataset_version
      and theirs.example = o.example
    join dataset_row ours on ours.project = o.project and ours.version = ${version}
      and ours.example = o.example and ours.hash = theirs.hash
    order by o.example, o.output_hash, o.run, o.ordinal`.execute(db);
  return new Map(rows.map(({ key, outputs }) => [key, outputs]));
}

/** Newest versions of the datasets that hold some of these rows, most rows first. */
export async function datasetsHolding(
  db: Db,
  { project, examples }: { readonly project: string; readonly examples: readonly string[] },
): Promise<readonly { readonly version: string; readonly rows: number }[]> {
  const { rows } = await sql<{ version: string; rows: number }>`
    select v.id as version, count(*)::integer as rows
    from (
      select distinct on (dataset) dataset, id from dataset_version
      where project = ${project} order by dataset, number desc
    ) as v
    join dataset_row r on r.project = ${project} and r.version = v.id
      and r.example = any(${examples}::text[])
    group by v.id order by 2 desc, 1`.execute(db);
  return rows;
}
