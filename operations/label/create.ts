import { z } from 'zod';
import { duration, milliseconds } from '../../contracts/duration.ts';
import { refuse } from '../../contracts/invalid-input.ts';
import { name } from '../../contracts/name.ts';
import { sessionQuestion } from '../../contracts/session.ts';
import { createSession as open } from '../../db/labels/sessions.ts';
import { getJudge } from '../../db/versions/judges.ts';
import type { Operation } from '../operation.ts';
import { chooseItems, choosing, itemsOf } from './choose.ts';
import { session } from './shapes.ts';

const MINIMUM = 20;

const input = z.strictObject({
  name: name.describe('name of the session'),
  judge: z.string().min(1).describe('whose question people answer: a judge, or a version (name@2)'),
  ...choosing,
  raters: z.int().min(1).default(2).describe('labels wanted of each item'),
  minimum: z
    .int()
    .min(1)
    .optional()
    .describe(`items people must agree on (default ${MINIMUM}, or all)`),
  deadline: duration.default('7d').describe('labels after it are late'),
  questions: z.array(sessionQuestion).max(10).default([]).describe('further questions'),
});
const output = session.extend({
  items: z.int(),
  representative: z.boolean().describe('false where some outputs had no chance to be chosen'),
});

export const createSession = {
  name: 'label.create',
  says: 'Makes a label session on outputs of an evaluation or of traces.',
  role: 'editor',
  effect: 'writes',
  input,
  output,
  example: { name: 'spot-check', judge: 'correctness', evaluation: 'nightly', raters: 2 },
  audit: ({ judge }, made) => ({
    subject: made.id,
    detail: { judge, items: made.items },
  }),
  async run({ db, project, now }, { name: id, judge: judgeId, raters, ...given }) {
    twice(given.questions.map((question) => question.name));
    const judge = await getJudge(db, { project, id: judgeId });
    const chosen = await chooseItems(db, { project, session: id }, given);
    const items = itemsOf(chosen);
    const { minimum = Math.min(MINIMUM, items.length) } = given;
    if (minimum > items.length)
      refuse('minimum', `${minimum} is more than the ${items.length} items of the session`);
    const made = await open(db, project, {
      id,
      round: 1,
      judgeVersion: judge.id,
      ratersPerItem: raters,
      minimum,
      target: items.length * raters,
      deadline: new Date(now + milliseconds(given.deadline)).toISOString(),
      questions: given.questions,
      datasetVersion: chosen.datasetVersion,
      policy: chosen.policy,
      items,
    });
    return {
      ...made,
      questions: [...made.questions],
      items: items.length,
      representative: items.every(({ weight }) => weight !== null),
    };
  },
} as const satisfies Operation<typeof input, typeof output>;

function twice(names: readonly string[]): void {
  const second = names.find((one, at) => names.indexOf(one) !== at);
  if (second !== undefined) refuse('questions', `\`${second}\` is the name of two questions`);
}
