import type { JsonObject } from '../../../contracts/json.ts';
import type { JudgeDefinition } from '../../../contracts/judge.ts';
import type { Trace } from '../../../contracts/trace.ts';
import type { Turn } from '../conversation.ts';

/** What a case of a built-in judge should be found to be. */
export type Expected = 'pass' | 'fail' | 'not applicable';

/** A small case that a judge is tried on. */
export type JudgeCase = {
  readonly expect: Expected;
  readonly inputs?: JsonObject;
  readonly outputs?: JsonObject;
  readonly expectations?: JsonObject;
  readonly trace?: Trace;
  readonly conversation?: readonly Turn[];
};

/** A judge that comes with Attune: data, with cases of its own. */
export type BuiltinJudge = {
  /** One line for lists. */
  readonly about: string;
  readonly definition: JudgeDefinition;
  readonly cases: readonly JudgeCase[];
};
