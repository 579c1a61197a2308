import { sql } from 'kysely';
import { canonical } from '../../contracts/canonical.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import type { RolloutStatus } from '../../contracts/rollout.ts';
import type { Db } from '../connect.ts';
import { SealedError } from '../errors.ts';
import { getRun, type RunRef } from '../runs/runs.ts';

/** Whether one output was right; numbers stand for examples and clusters, so that no id or text leaves. */
export type GoldOutcome = {
  readonly arm: string;
  readonly example: number;
  readonly cluster: number;
  readonly trial: number;
  /** Null where nothing was measured; the agent's own failure is wrong. */
  readonly correct: boolean | null;
};

/**
 * Outputs of a run against gold: `output` is the field of the outputs that must equal it. Rows without gold are left out. For
 * reports only, and of a gate only once its verdict stands.
 * @throws SealedError before the verdict
 */
export async function goldOutcomes(
  db: Db,
  { project, run, output }: RunRef & { readonly output: string },
): Promise<readonly GoldOutcome[]> {
  const { kind, cycle } = await getRun(db, { project, run });
  const { verdict } = await db
    .selectFrom('cycle')
    .select('verdict')
    .where('project', '=', project)
    .where('key', '=', cycle)
    .executeTakeFirstOrThrow();
  if (kind === 'gate' && verdict === null) throw new SealedError(`gold of ${run}`);
  const { rows } = await sql<OutcomeRow>`
    select o.arm, o.trial, o.status, o.outputs, g.value as gold,
      dense_rank() over (order by e.id)::integer as example,
      dense_rank() over (order by m.near_group)::integer as cluster
    from rollout o
    join run u on u.project = o.project and u.name = o.run
    join dataset_version v on v.project = u.project and v.id = u.dataset_version
    join dataset_row r on r.project = v.project and r.version = v.id and r.example = o.example
    join example e on e.project = r.project and e.id = r.example and e.hash = r.hash
    join membership m on m.project = e.project and m.conversation = e.conversation
    join gold g on g.project = v.project and g.dataset = v.dataset and g.example = o.example
    where o.project = ${project} and o.run = ${run}
    order by o.ordinal`.execute(db);
  return rows.map((row) => ({
    arm: row.arm,
    example: row.example,
    cluster: row.cluster,
    trial: row.trial,
    correct: isCorrect(row, output),
  }));
}

type OutcomeRow = Pick<GoldOutcome, 'arm' | 'trial' | 'example' | 'cluster'> & {
  readonly status: RolloutStatus;
  readonly outputs: JsonObject | null;
  readonly gold: Json;
};

function isCorrect({ status, outputs, gold }: OutcomeRow, output: string): boolean | null {
  if (status === 'failed') return false;
  if (status !== 'ok') return null;
  const found = outputs?.[output];
  return found !== undefined && canonical(found) === canonical(gold);
}
