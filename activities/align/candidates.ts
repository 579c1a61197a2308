import type { Assessment, AssessmentError } from '../../contracts/assessment.ts';
import { hashJson } from '../../contracts/hash.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { Rollout } from '../../contracts/rollout.ts';
import type { JudgeVersion } from '../../contracts/scorer.ts';
import type { Db } from '../../db/connect.ts';
import * as runs from '../../db/runs/runs.ts';
import { countRollouts } from '../../db/runs/unmeasured.ts';
import { INSTRUCTIONS, type SearchItem, scoreVerdict } from '../../domain/align/judge-search.ts';
import { type Alignment, alignmentOf } from './prepare.ts';
import type { Boxed } from '../boxed.ts';
import type { ActivityDeps, CycleRef, Work } from '../deps.ts';
import type { Job } from '../evaluate/job.ts';
import { itemsOf } from './search.ts';
import { NOTHING_SHOWN } from '../evaluate/judging.ts';
import { endsTheRun, faultKind, isInfrastructure } from '../model-faults.ts';
import { REPLIES_STORED, storedBox } from '../stored-box.ts';
import { FAULTS_OF_INFRASTRUCTURE, notThrough } from '../unmeasured.ts';
import { subjectsOf } from '../evaluate/subjects.ts';
import { verdictOn } from '../evaluate/verdict.ts';

const LANES = 256;

export type CandidateWork = Work & { readonly ref: CycleRef; readonly engine: string };

type Opened = {
  readonly deps: ActivityDeps;
  readonly work: CandidateWork;
  readonly alignment: Alignment;
  readonly signal: AbortSignal;
};

type Result = { readonly rollout: Rollout; readonly assessment: Assessment | null };

/** Verdicts of candidate judges on labelled items, scored by agreement: a search's rollouts and their assessments in one. */
export async function judgeCandidates(
  deps: ActivityDeps,
  work: CandidateWork,
  signal: AbortSignal,
): Promise<Boxed> {
  const { db, now } = deps;
  const pending = await runs.pendingRollouts(db, work);
  if (pending.length === 0) return { done: 0, failed: 0, deferred: 0 };
  const run = await runs.getRun(db, { ...work, scorersOf: deps.scorersOf });
  const alignment = await alignmentOf(deps, work.ref);
  const rows = await trialsOf({ deps, work, alignment, signal }, run, pending);
  return storedBox<Trial, Result>({
    rows,
    lanes: LANES,
    flush: REPLIES_STORED,
    now,
    signal,
    write: (results) => save(db, run, results),
    work: async (trial) => {
      const result = resultOf(run.name, trial, await judged(trial));
      const { status, error } = result.rollout;
      const lost = status === 'missing' ? notThrough(error) : null;
      return { result, failed: status !== 'ok', notThrough: lost };
    },
    missing: {
      at: work,
      batch: `candidates ${work.from}`,
      count: () => countRollouts(db, { ...work, faults: FAULTS_OF_INFRASTRUCTURE }),
    },
  });
}

const save = (db: Db, run: runs.Run, results: readonly Result[]): Promise<void> =>
  db.transaction().execute(async (tx) => {
    const { project, name, primary } = run;
    await runs.saveRollouts(tx, { project, rollouts: results.map(({ rollout }) => rollout) });
    const assessments = results.flatMap(({ rollout: { ordinal }, assessment }) =>
      assessment === null ? [] : [{ ordinal, scorer: primary.id, assessment }],
    );
    await runs.saveAssessments(tx, { project, run: name, assessments });
  });

/** One verdict of a candidate on a labelled item. */
type Trial = {
  readonly job: Job;
  readonly judge: JudgeVersion;
  readonly row: runs.PendingRollout;
  readonly item: SearchItem;
};

async function trialsOf(
  { deps, work, alignment, signal }: Opened,
  run: runs.Run,
  rows: readonly runs.PendingRollout[],
): Promise<readonly Trial[]> {
  const { base } = alignment;
  const items = itemsOf(alignment, work.engine);
  const subjects = await subjectsOf(deps.db, {
    run,
    rows: rows.map(({ example }) => {
      const { fields, traceId } = items.get(example.id)!.item;
      return { example, outputs: fields['outputs'] as JsonObject, traceId };
    }),
    scorers: [base],
  });
  // Searches of one judge share their verdicts, as its tests do.
  const asked = alignment.kind === 'align' ? { ...run, name: `search of ${base.name}` } : run;
  return rows.map((row, at) => {
    const instructions = row.prompts[INSTRUCTIONS]!;
    const judge = { ...base, definition: { ...base.definition, instructions }, memory: null };
    const own = { subject: subjects[at]!, scorer: judge, shown: NOTHING_SHOWN };
    return {
      judge,
      row,
      item: items.get(row.example.id)!,
      job: { deps, run: asked, signal, ...own },
    };
  });
}

async function judged({ job, judge, item }: Trial): Promise<Measured> {
  const { definition } = judge;
  try {
    const { value, rationale } = await verdictOn(job, judge);
    if (value === null) return { status: 'failed', error: NO_VALUE };
    const { score, feedback } = scoreVerdict(definition, item, value);
    const source = `labels:${definition.name}`;
    const said = { name: definition.name, value, score, rationale: feedback };
    return {
      status: 'ok',
      outputs: { value, rationale },
      assessment: { ...said, error: null, source, evidence: {} },
    };
  } catch (error) {
    if (endsTheRun(error) || job.signal.aborted) throw error;
    const message = error instanceof Error ? error.message : String(error);
    // A reply that cannot be used may be the doing of the candidate's words: it scores lowest.
    const status = isInfrastructure(error) ? 'missing' : 'failed';
    return { status, error: { kind: faultKind(error), message } };
  }
}

const NO_VALUE = { kind: 'no-value', message: 'the judge gave no value' };

type Measured =
  | {
      readonly status: 'ok';
      readonly outputs: JsonObject;
      readonly assessment: Assessment;
    }
  | { readonly status: 'failed' | 'missing'; readonly error: AssessmentError };

function resultOf(run: string, { row }: Trial, found: Measured): Result {
  const ok = found.status === 'ok';
  const outputs = ok ? found.outputs : null;
  return {
    assessment: ok ? found.assessment : null,
    rollout: {
      run,
      ordinal: row.ordinal,
      arm: row.arm,
      example: row.example.id,
      trial: row.trial,
      status: found.status,
      outputs,
      outputHash: outputs === null ? null : hashJson(outputs),
      traceId: null,
      error: ok ? null : found.error,
      latencyMs: null,
      price: null,
    },
  };
}
