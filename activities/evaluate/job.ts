import type { Assessment } from '../../contracts/assessment.ts';
import type { Json } from '../../contracts/json.ts';
import type { ScorerVersion } from '../../contracts/scorer.ts';
import type * as runs from '../../db/runs/runs.ts';
import type { Shown } from '../../domain/align/retrieval.ts';
import type { ActivityDeps } from '../deps.ts';
import type { Subject } from './subjects.ts';

/** One assessment to be made. */
export type Job = {
  readonly deps: ActivityDeps;
  readonly run: runs.Run;
  readonly signal: AbortSignal;
  readonly subject: Subject;
  readonly scorer: ScorerVersion;
  /** What a judge with memory is shown of it. */
  readonly shown: Shown;
};

/** What a scorer found; `score` null without an error: not applicable. */
export type Finding = Pick<Assessment, 'value' | 'score' | 'rationale'> & {
  readonly evidence: Json;
};

/** Of an assessment that ended with an error. */
export const NOTHING = { value: null, score: null, rationale: null } as const;
