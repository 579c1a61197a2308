import { isJudge, type JudgeVersion, kindOf, type ScorerVersion } from '../../contracts/scorer.ts';
import * as runs from '../../db/runs/runs.ts';
import { countAssessments } from '../../db/runs/unmeasured.ts';
import { embeddingText } from '../../domain/align/embedding-text.ts';
import { type Shown, shownFor } from '../../domain/align/retrieval.ts';
import { fieldsUsed } from '../../domain/evaluate/judge-fields.ts';
import { assess } from './assess.ts';
import type { Boxed } from '../boxed.ts';
import type { ActivityDeps, Work } from '../deps.ts';
import type { Job } from './job.ts';
import { REPLIES_STORED, storedBox } from '../stored-box.ts';
import { FAULTS_OF_INFRASTRUCTURE, notThrough } from '../unmeasured.ts';
import { fieldsOf, type Subject, subjectsOf } from './subjects.ts';

/** Assessments under way at once: a whole batch of two judges claims its replies together; the limiter bounds the calls. */
const LANES = 256;

/** `code`: assessments of the range that wait for code scorers, which run on the queue of the agents. */
export type Judged = Boxed & { readonly code: number };

/** Assesses the rollouts of a range that lack a scorer of their run; all scorers of a row at the same time. */
export async function judgeRollouts(
  deps: ActivityDeps,
  work: Work,
  signal: AbortSignal,
): Promise<Judged> {
  const { db, now, scorersOf } = deps;
  const { project } = work;
  const [run, rows] = await Promise.all([
    runs.getRun(db, { ...work, scorersOf }),
    runs.unassessedRollouts(db, work),
  ]);
  const isCode = (id: string): boolean => codeOf(run).has(id);
  const code = rows.flatMap(({ lacking }) => lacking.filter(isCode)).length;
  const own = rows.flatMap((row) => {
    const lacking = row.lacking.filter((id) => !isCode(id));
    return lacking.length === 0 ? [] : [{ ...row, lacking }];
  });
  if (own.length === 0) return { done: 0, failed: 0, deferred: 0, code };
  const jobs = await jobsOf({ deps, run, signal }, own);
  const boxed = await storedBox<Placed, runs.NewAssessment>({
    rows: jobs,
    lanes: LANES,
    flush: REPLIES_STORED,
    now,
    signal,
    write: (assessments) => runs.saveAssessments(db, { project, run: work.run, assessments }),
    work: async ({ ordinal, job }) => {
      const assessment = await assess(job);
      const result = { ordinal, scorer: job.scorer.id, assessment };
      return {
        result,
        failed: assessment.error !== null,
        notThrough: notThrough(assessment.error),
      };
    },
    missing: {
      at: work,
      batch: `judges ${work.from}`,
      count: () =>
        countAssessments(db, {
          ...work,
          faults: FAULTS_OF_INFRASTRUCTURE,
          scorers: [...new Set(jobs.map(({ job }) => job.scorer.id))],
        }),
    },
  });
  return { ...boxed, code };
}

/** Ids of the scorers of a run that are user code. */
export const codeOf = ({ scorers }: runs.Run): ReadonlySet<string> =>
  new Set(scorers.filter(({ definition }) => kindOf(definition) === 'code').map(({ id }) => id));

type Trial = Pick<Job, 'deps' | 'run' | 'signal'>;
type Placed = { readonly ordinal: number; readonly job: Job };

/** The assessments that rows lack, row by row: what the scorers of one row share is asked for close together. */
async function jobsOf(trial: Trial, rows: readonly runs.UnassessedRollout[]): Promise<Placed[]> {
  const { run, deps } = trial;
  const wanted = new Set(rows.flatMap(({ lacking }) => lacking));
  const scorers = run.scorers.filter(({ id }) => wanted.has(id));
  const subjects = await subjectsOf(deps.db, { run, rows, scorers });
  const shown = new Map<string, ReadonlyMap<Subject, Shown>>();
  for (const scorer of scorers.filter(isJudge)) {
    const lacking = subjects.filter((_, at) => rows[at]!.lacking.includes(scorer.id));
    shown.set(scorer.id, await recalled(trial, scorer, lacking));
  }
  const byId = new Map<string, ScorerVersion>(scorers.map((scorer) => [scorer.id, scorer]));
  return rows.flatMap(({ ordinal, lacking }, at) =>
    lacking.map((id) => {
      const subject = subjects[at]!;
      const own = { scorer: byId.get(id)!, shown: shown.get(id)?.get(subject) ?? NOTHING_SHOWN };
      return { ordinal, job: { ...trial, subject, ...own } };
    }),
  );
}

/** What the memory of a judge shows it with each subject; nothing without memory. */
async function recalled(
  { deps, run, signal }: Trial,
  judge: JudgeVersion,
  subjects: readonly Subject[],
): Promise<ReadonlyMap<Subject, Shown>> {
  if (judge.memory === null) return new Map();
  const memory = deps.memories(judge.hash, judge.memory);
  const texts = subjects.map((subject) =>
    embeddingText(fieldsUsed(judge.definition.instructions, fieldsOf(subject))),
  );
  const { vectors } = await deps.model.embed(texts, {
    model: judge.memory.embedding.model,
    project: run.project,
    cycle: run.payer,
    signal,
  });
  return new Map(subjects.map((subject, at) => [subject, shownFor(memory, vectors[at]!)]));
}

/** To a judge without memory. */
export const NOTHING_SHOWN: Shown = { guidelines: [], examples: [], evidence: {} };
