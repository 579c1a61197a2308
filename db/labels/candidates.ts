import { sql } from 'kysely';
import { hashJson } from '../../contracts/hash.ts';
import type { Json } from '../../contracts/json.ts';
import { itemKey } from '../../contracts/label.ts';
import type { Db } from '../connect.ts';
import { NotFoundError } from '../errors.ts';
import { loadResults } from '../runs/scores.ts';
import { UNSEALED_TRACE } from '../traces/filter.ts';

/** An output that people could be asked about, with what choosing needs. */
export type LabelCandidate = {
  readonly example: string;
  readonly outputHash: string;
  readonly traceId: string;
  readonly score: number | null;
  readonly spread: number | null;
  readonly text: string;
  readonly tags: Readonly<Record<string, string>>;
};

/** Finished outputs of an evaluation. @throws NotFoundError | SealedError */
export async function candidatesOfRun(
  db: Db,
  at: { readonly project: string; readonly run: string },
): Promise<{ readonly datasetVersion: string; readonly candidates: readonly LabelCandidate[] }> {
  const run = await db
    .selectFrom('run')
    .select('dataset_version')
    .where('project', '=', at.project)
    .where('name', '=', at.run)
    .executeTakeFirst();
  if (!run) throw new NotFoundError('evaluation', at.run, 'see `attune evaluate list`');
  const rows = await loadResults(db, at);
  const scores = Map.groupBy(rows, (row) => row.example);
  const candidates = rows.flatMap((row) => {
    if (row.status !== 'ok' || row.outputHash === null || row.traceId === null) return [];
    const own = scores.get(row.example)!.flatMap(({ assessment }) => assessment?.score ?? []);
    return [
      {
        example: row.example,
        outputHash: row.outputHash,
        traceId: row.traceId,
        score: row.assessment?.score ?? null,
        spread: own.length < 2 ? null : Math.max(...own) - Math.min(...own),
        text: JSON.stringify(row.content.inputs),
        tags: row.tags,
      },
    ];
  });
  const unique = new Map(candidates.map((row) => [itemKey(row), row]));
  return { datasetVersion: run.dataset_version, candidates: [...unique.values()] };
}

/** Outputs of traces, ours or received; those without outputs are left out. @throws NotFoundError, also for a gate's, which nobody sees */
export async function candidatesOfTraces(
  db: Db,
  at: { readonly project: string; readonly ids: readonly string[] },
): Promise<readonly LabelCandidate[]> {
  const rows = await readTraces(db, at);
  const there = new Set(rows.map(({ id }) => id));
  const missing = at.ids.find((id) => !there.has(id));
  if (missing !== undefined) throw new NotFoundError('trace', missing, 'see `attune trace search`');
  return rows.flatMap(candidateOf);
}

/** The same of the traces that are there. */
export const knownCandidates = async (
  db: Db,
  at: { readonly project: string; readonly ids: readonly string[] },
): Promise<readonly LabelCandidate[]> =>
  at.ids.length === 0 ? [] : (await readTraces(db, at)).flatMap(candidateOf);

type TraceRow = {
  readonly id: string;
  readonly inputs: Json;
  readonly outputs: Json;
  readonly tags: Readonly<Record<string, string>>;
  readonly example: string | null;
  readonly hash: string | null;
};

async function readTraces(
  db: Db,
  { project, ids }: { readonly project: string; readonly ids: readonly string[] },
): Promise<readonly TraceRow[]> {
  const { rows } = await sql<TraceRow>`
    select t.id, t.inputs, t.outputs, t.tags, o.example, o.output_hash as hash
    from trace t left join lateral (select example, output_hash from rollout o
      where o.project = t.project and o.trace = t.id and o.output_hash is not null limit 1) o on true
    where t.project = ${project} and t.id = any(${ids}::text[])
      and ${UNSEALED_TRACE}
    order by array_position(${ids}::text[], t.id::text)`.execute(db);
  return rows;
}

const candidateOf = ({ id, inputs, outputs, tags, example, hash }: TraceRow): LabelCandidate[] =>
  outputs === null
    ? []
    : [
        {
          example: example ?? id,
          outputHash: hash ?? hashJson(outputs),
          traceId: id,
          score: null,
          spread: null,
          text: JSON.stringify(inputs),
          tags,
        },
      ];
