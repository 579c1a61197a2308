import { z } from 'zod';
import { getPrompt } from '../../db/versions/prompts.ts';
import { lineDiff } from '../../domain/line-diff.ts';
import type { Operation } from '../operation.ts';
import { idOf } from './register.ts';
import { reference } from './shapes.ts';

const input = z.strictObject({ from: reference, to: reference });
const output = z.strictObject({
  from: z.string(),
  to: z.string(),
  diff: z.string().describe('lines with `+` and `-`; empty where the texts are equal'),
});

export const diffPrompts = {
  name: 'prompt.diff',
  says: 'Shows what changed from one version of a prompt to another.',
  role: 'viewer',
  effect: 'reads',
  input,
  output,
  example: { from: 'router@1', to: 'router@production' },
  async run({ db, project }, given) {
    const from = await getPrompt(db, { project, reference: given.from });
    const to = await getPrompt(db, { project, reference: given.to });
    return { from: idOf(from), to: idOf(to), diff: lineDiff(from.text, to.text) };
  },
} as const satisfies Operation<typeof input, typeof output>;
