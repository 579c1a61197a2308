import type { JsonObject } from '../../../contracts/json.ts';
import type { CompletionRequest } from '../../../contracts/model.ts';
import { conversationView } from '../conversation.ts';
import { renderJudgeRequest } from '../judge-prompt.ts';
import type { Verdict } from '../judge-reply.ts';
import { notApplicableBecause } from '../not-applicable.ts';
import { traceView } from '../trace-view.ts';
import type { BuiltinJudge, Expected, JudgeCase } from './judge.ts';

/** What a case brings for its judge. */
export function fieldsOfCase(at: JudgeCase): JsonObject {
  const { inputs, outputs, expectations, trace, conversation } = at;
  return {
    ...(inputs !== undefined && { inputs }),
    ...(outputs !== undefined && { outputs }),
    ...(expectations !== undefined && { expectations }),
    ...(trace !== undefined && { trace: traceView(trace) }),
    ...(conversation !== undefined && { conversation: conversationView(conversation) }),
  };
}

/** The request for the verdict on a case; null where it is not applicable without asking. */
export function caseRequest(
  { definition }: BuiltinJudge,
  at: JudgeCase,
  model: string,
): CompletionRequest | null {
  const fields = fieldsOfCase(at);
  if (notApplicableBecause(definition, { fields, rules: [], last: true }) !== null) return null;
  return renderJudgeRequest({ definition, model, guidelines: [], examples: [], fields });
}

/** A verdict in the words of the cases: a score of one half or more passes. */
export const foundBy = ({ score }: Verdict): Expected =>
  score === null ? 'not applicable' : score >= 0.5 ? 'pass' : 'fail';

export const OUTCOMES = ['pass', 'fail', 'not applicable'] as const;
export type Found = Expected | 'error';

/** Counts by expected and found. */
export type Confusion = Readonly<Record<Expected, Readonly<Record<Found, number>>>>;

export function confusionOf(
  pairs: readonly { readonly expect: Expected; readonly found: Found }[],
): Confusion {
  const count = (expect: Expected, found: Found): number =>
    pairs.filter((pair) => pair.expect === expect && pair.found === found).length;
  const row = (expect: Expected) => ({
    pass: count(expect, 'pass'),
    fail: count(expect, 'fail'),
    'not applicable': count(expect, 'not applicable'),
    error: count(expect, 'error'),
  });
  return { pass: row('pass'), fail: row('fail'), 'not applicable': row('not applicable') };
}
