import type { JsonObject } from '../../../contracts/json.ts';
import type { Expected, JudgeCase } from './judge.ts';

/** Value, and what is the same in every built-in judge. */
export const PASS_OR_FAIL = {
  value: { type: 'boolean', pass: true },
  notApplicable: true,
  parameters: {},
} as const;

/** A case of one question and one answer. */
export const said = (
  expect: Expected,
  question: string,
  answer: string,
  expectations?: JsonObject,
): JudgeCase => ({
  expect,
  inputs: { question },
  outputs: { answer },
  ...(expectations !== undefined && { expectations }),
});
