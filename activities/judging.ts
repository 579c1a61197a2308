import type { Assessment } from '../contracts/assessment.ts';
import type { Example } from '../contracts/example.ts';
import type { JudgeVersion } from '../contracts/judge.ts';
import type { JsonObject } from '../contracts/json.ts';
import * as runs from '../db/runs.ts';
import { embeddingText } from '../domain/align/embedding-text.ts';
import { type Prepared, type Shown, shownFor } from '../domain/align/retrieval.ts';
import { fieldsUsed } from '../domain/evaluate/judge-fields.ts';
import { renderJudgeRequest } from '../domain/evaluate/judge-prompt.ts';
import { readVerdict, type Verdict } from '../domain/evaluate/judge-reply.ts';
import { type Boxed, timeBoxed } from './boxed.ts';
import type { ActivityDeps, Work } from './deps.ts';
import { createFlusher } from './flusher.ts';
import { endsTheRun, faultKind } from './model-faults.ts';

/** Verdicts under way at once: a whole batch of two judges claims its replies together; the limiter bounds the calls. */
const LANES = 256;
const BOX_MS = 60_000;
/** The replies are stored by then: what a kill takes of these is read from the ledger again, not paid again. */
const FLUSH = { most: 100, waitMs: 40 } as const;

/** Verdicts for the rollouts of a range that lack one by a judge of their run. */
export async function judgeRollouts(
  deps: ActivityDeps,
  work: Work,
  signal: AbortSignal,
): Promise<Boxed> {
  const { db, now } = deps;
  const { project } = work;
  const run = await runs.getRun(db, work);
  const rows = await runs.unjudgedRollouts(db, work);
  if (rows.length === 0) return { done: 0, failed: 0, deferred: 0 };
  const cases = await casesOf({ deps, run, signal }, rows);
  const flusher = createFlusher<runs.NewAssessment>({
    ...FLUSH,
    write: (assessments) => runs.saveAssessments(db, { project, run: work.run, assessments }),
  });
  try {
    return await timeBoxed(
      { rows: cases, lanes: LANES, boxMs: BOX_MS, now, signal },
      async (at) => {
        const assessment = await assess(at);
        await flusher.add({ ordinal: at.row.ordinal, judge: at.bench.judge.id, assessment });
        return assessment.error === null ? 'done' : 'failed';
      },
    );
  } finally {
    await flusher.flush();
  }
}

type Trial = {
  readonly deps: ActivityDeps;
  readonly run: runs.Run;
  readonly signal: AbortSignal;
};

/** One verdict to be given. */
type Case = Trial & { readonly row: runs.UnjudgedRollout; readonly bench: Bench };

/** The verdicts that rows lack, row by row: what the judges of one row share is asked for close together. */
async function casesOf(trial: Trial, rows: readonly runs.UnjudgedRollout[]): Promise<Case[]> {
  const benches = new Map<string, Bench>();
  for (const judge of trial.run.judges) {
    const lacking = rows.filter((row) => row.lacking.includes(judge.id));
    if (lacking.length > 0) benches.set(judge.id, await benchOf(trial, judge, lacking));
  }
  return rows.flatMap((row) =>
    row.lacking.map((judge) => ({ ...trial, row, bench: benches.get(judge)! })),
  );
}

/** A judge made ready for a batch: its memory decoded, and the vectors of the contents under judgement. */
type Bench = {
  readonly judge: JudgeVersion;
  readonly memory: Prepared | null;
  readonly vectors: ReadonlyMap<number, Float32Array>;
};

async function benchOf(
  { deps, run }: Trial,
  judge: JudgeVersion,
  rows: readonly runs.UnjudgedRollout[],
): Promise<Bench> {
  if (judge.memory === null) return { judge, memory: null, vectors: new Map() };
  const memory = deps.memories(judge.hash, judge.memory);
  const texts = rows.map((row) =>
    embeddingText(fieldsUsed(judge.definition.instructions, fieldsOf(row))),
  );
  const { vectors } = await deps.model.embed(texts, {
    model: judge.memory.embedding.model,
    project: run.project,
    cycle: run.payer,
  });
  return { judge, memory, vectors: new Map(rows.map((row, i) => [row.ordinal, vectors[i]!])) };
}

/** One verdict. What fails for good is an assessment with an error; what would meet every row ends the batch. */
async function assess(job: Case): Promise<Assessment> {
  const { deps, run, row, bench, signal } = job;
  const { definition } = bench.judge;
  const vector = bench.vectors.get(row.ordinal);
  const shown = bench.memory === null ? NOTHING_SHOWN : shownFor(bench.memory, vector!);
  const source = `judge:${bench.judge.name}@${bench.judge.number}`;
  const evidence = shown.evidence;
  try {
    const request = renderJudgeRequest({
      definition,
      model: run.spec.models.judge ?? deps.models.judge,
      guidelines: shown.guidelines,
      examples: shown.examples,
      fields: fieldsOf(row),
    });
    const context = {
      purpose: 'judge',
      draw: `judge|${run.name}|0${run.attempt === 0 ? '' : `|attempt-${run.attempt}`}`,
      project: run.project,
      cycle: run.payer,
      signal,
    } as const;
    const { value } = await deps.model.structured(request, context, (json): Verdict =>
      readVerdict(json, definition),
    );
    return { name: definition.name, ...value, error: null, source, evidence };
  } catch (error) {
    if (endsTheRun(error) || signal.aborted) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const fault = { kind: faultKind(error), message };
    return {
      name: definition.name,
      value: null,
      score: null,
      rationale: null,
      error: fault,
      source,
      evidence,
    };
  }
}

const NOTHING_SHOWN: Shown = { guidelines: [], examples: [], evidence: {} };

/** All there is of a case for a judge; its instructions choose. */
export const fieldsOf = (row: {
  readonly example: Example;
  readonly outputs: JsonObject;
}): JsonObject => ({
  inputs: row.example.inputs,
  outputs: row.outputs,
  ...(row.example.expectations === undefined ? {} : { expectations: row.example.expectations }),
});
