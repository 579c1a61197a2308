import { type Selectable, sql } from 'kysely';
import { hashJson } from '../../contracts/hash.ts';
import type { AssessmentError } from '../../contracts/assessment.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { Part } from '../../contracts/part.ts';
import { columns, jsonOrNull } from '../column.ts';
import { type Db, inTransaction } from '../connect.ts';
import { NotFoundError, SealedError } from '../errors.ts';
import type { RunRef } from './runs.ts';
import type { Database } from '../tables.ts';

/** What an agent did elsewhere. */
export type Recorded = {
  /** Null where it failed. */
  readonly outputs: JsonObject | null;
  readonly traceId: string | null;
  /** How it failed: an outcome, with the lowest score. */
  readonly error?: AssessmentError;
  readonly latencyMs?: number | null;
};

/** A rollout to be made. With recorded outputs nothing is run: only the judge works. */
export type Cell = {
  readonly arm: string;
  readonly example: string;
  readonly trial: number;
  readonly recorded?: Recorded;
};

type RecordedOutput = NonNullable<Cell['recorded']> & { readonly example: string };

/** Cells of recorded outputs, in the arm `recorded`; of several outputs of one row each is a trial. */
export function recordedCells(outputs: readonly RecordedOutput[]): readonly Cell[] {
  const seen = new Map<string, number>();
  return outputs.map(({ example, ...recorded }) => {
    const trial = seen.get(example) ?? 0;
    seen.set(example, trial + 1);
    return { arm: 'recorded', example, trial, recorded };
  });
}

/** The ordinals that are new; `to` is excluded and is the number planned in all. */
export type Planned = { readonly from: number; readonly to: number };

const MANY = 100;

/**
 * Adds cells to a run in the order given; those it has already are left as they are. Sealed examples may stand in a gate only,
 * once it is frozen, and a gate holds nothing else;
 * those that somebody opened serve no gate, and may stand in any other run.
 * @throws SealedError | NotFoundError
 */
export function planRollouts(
  db: Db,
  { project, run: name, cells }: RunRef & { readonly cells: readonly Cell[] },
): Promise<Planned> {
  return inTransaction(db, async (tx) => {
    const run = await lockRun(tx, { project, run: name });
    await checkParts(tx, run, [...new Set(cells.map((cell) => cell.example))]);
    const added = await insert(tx, run, cells);
    const to = run.planned + added;
    // Not left to autovacuum: the batches that follow at once would be planned for an empty table.
    if (added >= MANY) await sql`analyze rollout`.execute(tx);
    if (added > 0)
      await tx
        .updateTable('run')
        .set({ planned: to })
        .where('project', '=', project)
        .where('name', '=', name)
        .execute();
    return { from: run.planned, to };
  });
}

type RunRow = Selectable<Database['run']>;

async function lockRun(tx: Db, { project, run }: RunRef): Promise<RunRow> {
  const row = await tx
    .selectFrom('run')
    .selectAll()
    .where('project', '=', project)
    .where('name', '=', run)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!row) throw new NotFoundError('run', run, 'create it before its rollouts');
  return row;
}

async function checkParts(tx: Db, run: RunRow, examples: readonly string[]): Promise<void> {
  const { rows } = await sql<{
    example: string;
    part: Part | null;
    frozen: boolean;
    opened: boolean;
  }>`
    select n.example, m.part, coalesce(n.example = any(f.examples), false) as frozen,
      t.conversation is not null as opened
    from unnest(${examples}::text[]) as n (example)
    left join dataset_row r on r.project = ${run.project} and r.version = ${run.dataset_version}
      and r.example = n.example
    left join example e on e.project = r.project and e.id = r.example and e.hash = r.hash
    left join membership m on m.project = e.project and m.conversation = e.conversation
    left join retirement t on t.project = m.project and t.conversation = m.conversation
    left join sealed_freeze f on f.project = ${run.project} and f.cycle = ${run.cycle}
      and f.run = ${run.name}`.execute(tx);
  for (const { example, part, frozen, opened } of rows) {
    if (part === null)
      throw new NotFoundError('example', example, `it is not a row of ${run.dataset_version}`);
    // Opened for good: outside of a gate such a row is like any other.
    if (part === 'sealed' && opened && run.kind !== 'gate') continue;
    if (part === 'sealed' ? !(run.kind === 'gate' && frozen) : run.kind === 'gate')
      throw new SealedError(
        part === 'sealed'
          ? `example ${example}`
          : `run ${run.name} (example ${example} is tuned on)`,
      );
  }
}

async function insert(tx: Db, run: RunRow, cells: readonly Cell[]): Promise<number> {
  const c = columns(cells, {
    arm: (cell) => cell.arm,
    example: (cell) => cell.example,
    trial: (cell) => cell.trial,
    status: ({ recorded }) =>
      recorded === undefined ? 'pending' : recorded.error === undefined ? 'ok' : 'failed',
    outputs: (cell) => jsonOrNull(cell.recorded?.outputs),
    outputHash: ({ recorded }) => (recorded?.outputs ? hashJson(recorded.outputs) : null),
    trace: (cell) => cell.recorded?.traceId ?? null,
    error: (cell) => jsonOrNull(cell.recorded?.error),
    latency: (cell) => cell.recorded?.latencyMs ?? null,
  });
  const { rows } = await sql`
    with cell as (
      select distinct on (arm, example, trial) * from unnest(${c.arm}::text[],
        ${c.example}::text[], ${c.trial}::integer[], ${c.status}::text[], ${c.outputs}::json[],
        ${c.outputHash}::text[], ${c.trace}::text[], ${c.error}::json[],
        ${c.latency}::double precision[]) with ordinality
        as n (arm, example, trial, status, outputs, output_hash, trace, error, latency_ms, place)
      order by arm, example, trial, place
    ), fresh as (
      select c.*, row_number() over (order by place) - 1 as offset_in_run from cell c
      where not exists (select from rollout o where o.project = ${run.project}
        and o.run = ${run.name} and o.arm = c.arm and o.example = c.example
        and o.trial = c.trial)
    )
    insert into rollout
      (project, run, ordinal, arm, example, trial, status, outputs, output_hash, trace, error,
        latency_ms)
    select ${run.project}, ${run.name}, ${run.planned}::integer + offset_in_run, arm, example,
      trial, status, outputs, output_hash, trace, error, latency_ms
    from fresh
    returning ordinal`.execute(tx);
  return rows.length;
}
