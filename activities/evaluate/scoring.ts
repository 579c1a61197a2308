import type { LoadedScorer } from '../../agents/load.ts';
import type { JudgeRequest } from '../../agents/protocol.ts';
import type { Assessment, AssessmentError } from '../../contracts/assessment.ts';
import type { JudgeAnswer } from '../../contracts/code-scorer.ts';
import { hashText } from '../../contracts/hash.ts';
import { type JudgeDefinition, judgeDefinition } from '../../contracts/judge.ts';
import {
  type CodeScorer,
  nameOfVersion,
  type ScorerVersion,
  sourceOf,
} from '../../contracts/scorer.ts';
import * as runs from '../../db/runs/runs.ts';
import { countAssessments } from '../../db/runs/unmeasured.ts';
import { getJudge } from '../../db/versions/judges.ts';
import { BUILTIN_JUDGES } from '../../domain/evaluate/builtin/index.ts';
import { checkJudge } from '../../domain/evaluate/check-judge.ts';
import { type CodeReading, readCodeVerdict } from '../../domain/evaluate/code-verdict.ts';
import { renderJudgeRequest } from '../../domain/evaluate/judge-prompt.ts';
import { readVerdict } from '../../domain/evaluate/judge-reply.ts';
import type { Boxed } from '../boxed.ts';
import { type AgentDeps, modelsOf, type Work } from '../deps.ts';
import { NOTHING } from './job.ts';
import { codeOf } from './judging.ts';
import { UnfitSpecError } from '../unfit.ts';
import { REPLIES_STORED, storedBox } from '../stored-box.ts';
import { FAULTS_OF_INFRASTRUCTURE, notThrough } from '../unmeasured.ts';
import { fieldsOf, type Subject, subjectsOf } from './subjects.ts';
import { judgeContext } from './verdict-context.ts';

/** Code scorers under way at once. */
const LANES = 64;

export type InRun = {
  readonly run: runs.Run;
  readonly work: Work;
  readonly signal: AbortSignal;
};

/** `judges`: assessments of the range that wait for scorers of other kinds. */
export type Scored = Boxed & { readonly judges: number };

/** Assesses the rollouts of a range that lack a code scorer of their run: user code, in a process of its own. */
export async function scoreRollouts(
  deps: AgentDeps,
  work: Work,
  signal: AbortSignal,
): Promise<Scored> {
  const { db, scorersOf } = deps;
  return scoreRun(deps, { run: await runs.getRun(db, { ...work, scorersOf }), work, signal });
}

/** The same for a run that was read before. */
export async function scoreRun(deps: AgentDeps, { run, work, signal }: InRun): Promise<Scored> {
  const { db, now } = deps;
  const codes = codeOf(run);
  const scorers = run.scorers.filter(({ id }) => codes.has(id));
  const loaded = codeScorersOf(deps, run);
  const open = await runs.unassessedRollouts(db, work);
  const rows = open.filter(({ lacking }) => lacking.some((id) => codes.has(id)));
  const judges = open.flatMap(({ lacking }) => lacking.filter((id) => !codes.has(id))).length;
  const subjects = await subjectsOf(db, { run, rows, scorers });
  const jobs = rows.flatMap(({ ordinal, trial, lacking }, at) =>
    scorers
      .filter(({ id }) => lacking.includes(id))
      .map((scorer) => ({ ordinal, trial, scorer, subject: subjects[at]! })),
  );
  const boxed = await storedBox<(typeof jobs)[number], runs.NewAssessment>({
    rows: jobs,
    lanes: LANES,
    flush: REPLIES_STORED,
    now,
    signal,
    write: (assessments) =>
      runs.saveAssessments(db, { project: work.project, run: work.run, assessments }),
    work: async ({ ordinal, trial, scorer, subject }) => {
      const of = { deps, run, signal, scorer, subject, trial, loaded: loaded.get(scorer.id)! };
      const assessment = await scoreOne(of);
      const result = { ordinal, scorer: scorer.id, assessment };
      return {
        result,
        failed: assessment.error !== null,
        notThrough: notThrough(assessment.error),
      };
    },
    missing: {
      at: work,
      batch: `code ${work.from}`,
      count: () =>
        countAssessments(db, { ...work, faults: FAULTS_OF_INFRASTRUCTURE, scorers: [...codes] }),
    },
  });
  return { ...boxed, judges };
}

/** The code scorers of a run by id, as this worker loaded them. @throws UnfitSpecError | ScorerChangedError */
export function codeScorersOf(deps: AgentDeps, run: runs.Run): ReadonlyMap<string, LoadedScorer> {
  const codes = codeOf(run);
  const scorers = run.scorers.filter(({ id }) => codes.has(id));
  return new Map(scorers.map((scorer) => [scorer.id, loadedOf(deps, scorer)]));
}

/** The code of a scorer changed while its run was under way. */
class ScorerChangedError extends Error {
  override readonly name = 'ScorerChanged';
  readonly kind = 'refused';
  readonly retryable = false;
}

/** The scorer as this worker loaded it. @throws UnfitSpecError | ScorerChangedError */
function loadedOf({ scorers }: AgentDeps, { id, name, definition }: ScorerVersion): LoadedScorer {
  const found = scorers[name];
  if (found === undefined)
    throw new UnfitSpecError([
      `scorer \`${name}\` is not declared in attune.config.ts (declared: ${Object.keys(scorers).join(', ') || 'none'}); add it there and start the worker again`,
    ]);
  if (found.definition.fingerprint !== (definition as CodeScorer).fingerprint)
    throw new ScorerChangedError(
      `scorer \`${id}\` is no longer the code that this run began with. Put the code back and start again, or begin a new run with the new version`,
    );
  return found;
}

type One = {
  readonly deps: AgentDeps;
  readonly run: runs.Run;
  readonly signal: AbortSignal;
  readonly scorer: ScorerVersion;
  readonly loaded: LoadedScorer;
  readonly subject: Subject;
  readonly trial: number;
};

/** What a scorer throws belongs to its assessment. */
async function scoreOne(of: One): Promise<Assessment> {
  const { deps, run, scorer, loaded, subject, trial } = of;
  const { example, outputs, trace } = subject;
  const own = { name: scorer.name, source: sourceOf(scorer), evidence: {} };
  const draw = `${judgeContext(of).draw}|${scorer.hash}|${example.id}|${hashText(JSON.stringify(outputs))}`;
  const scored = await deps.scorerHost.score({
    scorer: loaded,
    subject: {
      id: example.id,
      inputs: example.inputs,
      outputs,
      expectations: example.expectations ?? null,
      tags: example.tags,
      trace,
      trial,
    },
    traceId: hashText(draw),
    model: modelsOf(deps, run).judge,
    context: (n) => ({ ...judgeContext(of), draw: `${draw}|${n}` }),
    judge: (asked) => answerOf(of, asked),
  });
  const failed = (error: AssessmentError): Assessment => ({ ...own, ...NOTHING, error });
  if ('error' in scored) return failed(scored.error);
  const reading: CodeReading = readCodeVerdict(scored.returned, loaded.definition.value);
  return 'fault' in reading
    ? failed({ kind: 'scorer-value', message: reading.fault })
    : { ...own, ...reading, error: null };
}

/** What a judge says to a code scorer: the same call as anybody's, so equal content is paid once in a run. */
async function answerOf(of: One, { judge, fields }: JudgeRequest): Promise<JudgeAnswer> {
  const { deps, run, subject } = of;
  const definition = await definitionOf(of, judge);
  const request = renderJudgeRequest({
    definition,
    model: modelsOf(deps, run).judge,
    guidelines: definition.guidelines ?? [],
    examples: [],
    fields: fields ?? fieldsOf(subject),
  });
  const { value } = await deps.model.structured(request, judgeContext(of), (json) =>
    readVerdict(json, definition),
  );
  return value;
}

async function definitionOf(
  { deps, run, scorer }: One,
  judge: JudgeRequest['judge'],
): Promise<JudgeDefinition> {
  if (typeof judge !== 'string') {
    const definition = judgeDefinition.parse({ name: nameOfVersion(scorer.id), ...judge });
    checkJudge(definition);
    return definition;
  }
  if (Object.hasOwn(BUILTIN_JUDGES, judge)) return BUILTIN_JUDGES[judge]!.definition;
  return (await getJudge(deps.db, { project: run.project, id: judge })).definition;
}
