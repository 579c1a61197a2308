import type { Assessment, AssessmentError } from '../../contracts/assessment.ts';
import type { JsonObject } from '../../contracts/json.ts';
import { type JudgeVersion, sourceOf, type SpanScorer } from '../../contracts/scorer.ts';
import { shortenText } from '../../domain/evaluate/shorten.ts';
import { scoreSpans } from '../../domain/evaluate/span-score.ts';
import { ReplyFormatError } from '../../llm/errors.ts';
import { type Finding, type Job, NOTHING } from './job.ts';
import { endsTheRun, faultKind } from '../model-faults.ts';
import { NotAssessableError, type Subject, traceOf } from './subjects.ts';
import { usageOf } from './usage.ts';
import { verdictOn } from './verdict.ts';

/** One assessment. What fails for good is one with an error; what would meet every row ends the batch. */
export async function assess(job: Job): Promise<Assessment> {
  const { scorer, signal } = job;
  const own = { name: scorer.name, source: sourceOf(scorer) };
  try {
    return { ...own, ...(await findingOf(job)), error: null };
  } catch (error) {
    if (endsTheRun(error) || signal.aborted) throw error;
    return { ...own, ...NOTHING, error: faultOf(error), evidence: evidenceOf(job, error) };
  }
}

/** A reply that could not be read is kept, so that a person can. */
function evidenceOf({ shown }: Job, error: unknown): JsonObject {
  if (!(error instanceof ReplyFormatError)) return shown.evidence;
  return { ...shown.evidence, reply: shortenText(error.completion.text, LONGEST_REPLY) };
}

const LONGEST_REPLY = 20_000;

function faultOf(error: unknown): AssessmentError {
  const message = error instanceof Error ? error.message : String(error);
  const kind = error instanceof NotAssessableError ? error.fault : faultKind(error);
  return { kind, message };
}

function findingOf(job: Job): Promise<Finding> | Finding {
  const { definition, id } = job.scorer;
  switch (definition.kind) {
    case undefined:
    case 'judge':
      return verdictOn(job, job.scorer as JudgeVersion);
    case 'spans':
      return spanFinding(job.subject, definition);
    case 'tool-usage':
    case 'retriever-usage':
      return usageOf(job, definition);
    case 'code':
      throw new Error(`${id} is user code: the workers of agents assess with it`);
  }
}

function spanFinding(subject: Subject, definition: SpanScorer): Finding {
  const { spans, ...figure } = scoreSpans(traceOf(subject), definition);
  return { ...figure, evidence: { spans } };
}
