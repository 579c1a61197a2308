import type { Json } from './json.ts';
import type { Value } from './value.ts';

export type AssessmentError = {
  /** Stable word, such as `unparseable`, `rate-limited`, `refused`. */
  readonly kind: string;
  readonly message: string;
};

/** What a scorer says of one output. `score` null means not measured: never a zero, never dropped. */
export type Assessment = {
  readonly name: string;
  readonly value: Value | null;
  readonly score: number | null;
  readonly rationale: string | null;
  readonly error: AssessmentError | null;
  /** Kind and version of the scorer: `judge:<name>@<number>`, `code:<name>@<number>`. */
  readonly source: string;
  /** What the judge was shown: ids of guidelines and snapshots. */
  readonly evidence: Json;
};
