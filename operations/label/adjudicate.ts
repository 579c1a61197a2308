import { z } from 'zod';
import { refuse } from '../../contracts/invalid-input.ts';
import { value } from '../../contracts/value.ts';
import { adjudicate as decide } from '../../db/labels/adjudications.ts';
import { listItems } from '../../db/labels/items.ts';
import { getSession } from '../../db/labels/sessions.ts';
import { getJudge } from '../../db/versions/judges.ts';
import { answerFault } from '../../domain/label/answer-fault.ts';
import type { Operation } from '../operation.ts';
import { sessionId } from './shapes.ts';

const input = z.strictObject({
  session: sessionId,
  ordinal: z.int().min(0).describe('number of the item; the first is 0'),
  value: value.describe('what it is'),
  rationale: z.string().optional().describe('why'),
});
const output = z.strictObject({
  session: z.string(),
  ordinal: z.int(),
  example: z.string(),
  value,
});

export const adjudicate = {
  name: 'label.adjudicate',
  says: 'Decides an item whose raters do not agree.',
  role: 'editor',
  effect: 'writes',
  input,
  output,
  example: { session: 'demo/1/1', ordinal: 3, value: true, rationale: 'the policy says so' },
  audit: 'within',
  async run({ db, project, who }, { session: id, ordinal, value: decided, rationale }) {
    const session = await getSession(db, { project, session: id });
    const items = await listItems(db, { project, session: id });
    const item = items.find((one) => one.ordinal === ordinal);
    if (item === undefined)
      return refuse('ordinal', `the session has ${items.length} items; the first is 0`);
    const { definition } = await getJudge(db, { project, id: session.judgeVersion });
    const fault = answerFault(definition, decided);
    if (fault !== null) return refuse('value', fault);
    const { example, outputHash } = item;
    await decide(db, {
      project,
      session: id,
      who,
      name: session.judge,
      example,
      outputHash,
      value: decided,
      rationale: rationale || null,
    });
    return { session: id, ordinal, example, value: decided };
  },
} as const satisfies Operation<typeof input, typeof output>;
