import type { AssessmentError } from './assessment.ts';
import type { JsonObject } from './json.ts';

/** `failed` is an outcome (the agent's own fault, lowest score); `missing` was not measured (ours). */
export type RolloutStatus = 'pending' | 'ok' | 'failed' | 'missing';

/** One run of the agent: the cell (arm, example, trial) of a run. */
export type Rollout = {
  readonly run: string;
  readonly ordinal: number;
  /** `incumbent`, `finalist`, or a candidate's hash. */
  readonly arm: string;
  readonly example: string;
  readonly trial: number;
  readonly status: RolloutStatus;
  readonly outputs: JsonObject | null;
  readonly outputHash: string | null;
  readonly traceId: string | null;
  readonly error: AssessmentError | null;
  /** Milliseconds of the original calls, waiting in our own queues left out. */
  readonly latencyMs: number | null;
  readonly price: number | null;
};
