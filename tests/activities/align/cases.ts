import { judgeDefinition, type JudgeDefinition } from '../../../contracts/judge.ts';
import type { JudgeReport } from '../../../contracts/report.ts';
import type { Value } from '../../../contracts/value.ts';
import type { Aligned, Case } from './world.ts';

/** A judge of replies. */
export const judge = (value: unknown, more: object = {}): JudgeDefinition =>
  judgeDefinition.parse({
    name: 'quality',
    instructions: 'How good is {{outputs}} for {{inputs}}?',
    value,
    ...more,
  });
export const YES_NO = judge({ type: 'boolean' });

export const topics = ['refund', 'parcel', 'invoice', 'login'];
/** Cases with a label each; the value by their number. */
export const cases = (
  n: number,
  valueOf: (at: number) => Value,
  more: Partial<Case> = {},
): Case[] =>
  Array.from({ length: n }, (_, at) => ({
    id: `row-${String(at).padStart(5, '0')}`,
    inputs: { message: `message ${at} about the ${topics[at % topics.length]}` },
    outputs: { answer: `answer ${at} on the ${topics[at % topics.length]}` },
    labels: [{ rater: 'ann', value: valueOf(at), rationale: `It is about ${topics[at % 4]}.` }],
    ...more,
  }));
export const factsOf = ({ report }: Aligned): NonNullable<JudgeReport['alignment']> =>
  report.alignment!;
export const leftOut = (aligned: Aligned) =>
  factsOf(aligned).leftOut.map(({ reason, n, items }) => ({ reason, n, items }));
