import type { TraceContent } from '../../contracts/trace.ts';
import type { TraceFilter } from '../../contracts/trace-filter.ts';
import type { ScorerVersion } from '../../contracts/scorer.ts';
import { TUNE_PARTS } from '../../contracts/part.ts';
import type { Db } from '../../db/connect.ts';
import { listExamples } from '../../db/data/datasets.ts';
import type { PlacedExample } from '../../db/data/examples.ts';
import { evaluationRun, freeEvaluationName } from '../../db/runs/evaluations.ts';
import type { Recorded } from '../../db/runs/plan.ts';
import { findRun, type Run } from '../../db/runs/runs.ts';
import { traceRows } from '../../db/traces/rows.ts';
import { rowOfTrace } from '../../domain/dataset/from-trace.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { importExamples } from '../../operations/dataset/import-examples.ts';
import { makeRun, refuseUnfit, scorersOf } from './request.ts';

/** What `attune evaluate --traces` was asked to judge. */
export type TraceRequest = {
  readonly project: string;
  /** As it was written: part of the run. */
  readonly text: string;
  readonly filter: TraceFilter;
  readonly limit: number;
  readonly judges: readonly string[];
  readonly name?: string;
  /** Of a project that is new. */
  readonly salt: string | undefined;
};

export type PlannedTraces = {
  readonly run: Run;
  /** Traces left out: without outputs, or in a sealed conversation. */
  readonly bare: number;
  readonly sealed: number;
};

/**
 * Makes the run that judges what traces recorded, or finds the one of this name: the traces it chose then stay its rows. The traces become
 * rows of the dataset `<name>.traces`; conversations that are new are never sealed, since their content is judged and shown.
 * @throws InvalidInputError | ConflictError
 */
export async function planTraces(db: Db, request: TraceRequest): Promise<PlannedTraces> {
  const { project, text, filter, limit } = request;
  const before = request.name === undefined ? null : await begun(db, request, request.name);
  if (before !== null) return { run: before, bare: 0, sealed: 0 };
  const scorers = await scorersOf(db, request);
  const chosen = await traceRows(db, { project, filter, limit: limit + 1 });
  if (chosen.length > limit)
    refuse(`finds more than ${limit.toLocaleString('en')} traces; narrow it, or raise --limit`);
  const traces = chosen.filter(({ status, outputs }) => status === 'ERROR' || outputs !== null);
  if (traces.length === 0)
    refuse(
      chosen.length === 0
        ? 'finds no trace; try it with `attune trace search`'
        : `finds ${chosen.length} traces, and none of them has outputs to judge`,
    );
  const name = request.name ?? (await freeEvaluationName(db, { project, prefix: 'traces' }));
  const { run, rows } = await db
    .transaction()
    .execute((tx) => write(tx, { request, name, traces, scorers, text }));
  return { run, bare: chosen.length - traces.length, sealed: traces.length - rows };
}

/** The run of this name, when it judges the traces of the same filter. @throws InvalidInputError */
async function begun(
  db: Db,
  { project, text, judges }: TraceRequest,
  name: string,
): Promise<Run | null> {
  const run = await findRun(db, { project, run: evaluationRun(name) });
  if (run === null) return null;
  const scorers = (await scorersOf(db, { project, judges })).map(({ id }) => id).join(', ');
  const theirs = run.scorers.map(({ id }) => id).join(', ');
  const same = run.spec.traces === text && theirs === scorers;
  if (same) return run;
  const message =
    run.spec.traces === text
      ? `is an evaluation by ${theirs} already, not by ${scorers}`
      : `is an evaluation of ${run.spec.traces === undefined ? run.datasetVersion : `the traces of \`${run.spec.traces}\``} already`;
  throw new InvalidInputError(
    [{ at: `--name ${name}`, message }],
    `Take another name, or give \`--name ${name}\` alone to go on with it.`,
  );
}

type Writing = {
  readonly request: TraceRequest;
  readonly name: string;
  readonly traces: readonly TraceContent[];
  readonly scorers: readonly ScorerVersion[];
  readonly text: string;
};

async function write(
  tx: Db,
  { request, name, traces, scorers, text }: Writing,
): Promise<{ readonly run: Run; readonly rows: number }> {
  const { project, salt } = request;
  const { version } = await importExamples({
    db: tx,
    project,
    name: `${name}.traces`,
    examples: traces.map(rowOfTrace),
    gold: {},
    salt,
    pin: undefined,
    sealed: null,
  });
  const rows = await listExamples(tx, { project, version: version.id, parts: TUNE_PARTS });
  const byId = new Map(traces.map((trace) => [trace.id, trace]));
  const recorded = rows.map((row) => ({ row, trace: byId.get(row.id)! }));
  if (recorded.length === 0) refuse('finds traces of sealed conversations only');
  const answers = recorded.filter(({ trace }) => trace.status === 'OK').map(({ row }) => row);
  if (answers.length > 0) refuseUnfit({ rows: answers, scorers, recorded: true });
  const run = await makeRun(tx, {
    project,
    name,
    datasetVersion: version.id,
    agent: null,
    texts: {},
    scorers,
    cells: recorded.map(({ row, trace }) => ({
      example: row.id,
      recorded: recordedOf(row, trace),
    })),
    traces: text,
  });
  return { run, rows: rows.length };
}

/** A trace with status ERROR is an outcome: its agent failed. */
const recordedOf = (row: PlacedExample, trace: TraceContent): Recorded => ({
  outputs: row.outputs ?? null,
  traceId: trace.id,
  latencyMs: trace.latencyMs,
  ...(trace.status === 'ERROR' && {
    error: { kind: 'agent-error', message: trace.message ?? 'the trace has the status ERROR' },
  }),
});

function refuse(message: string): never {
  throw new InvalidInputError([{ at: '--traces', message }]);
}
