import { z } from 'zod';
import { listPrompts as list } from '../../db/versions/prompts.ts';
import type { Operation } from '../operation.ts';
import { pageOf, pageOfRows, paging } from '../page.ts';

const input = z.strictObject(paging);
const output = pageOf(
  z.strictObject({
    name: z.string(),
    versions: z.int(),
    aliases: z.record(z.string(), z.int()).describe('version number by alias'),
  }),
);

export const listPrompts = {
  name: 'prompt.list',
  says: 'Lists the prompts, by name, with their aliases.',
  role: 'viewer',
  effect: 'reads',
  input,
  output,
  example: { limit: 20 },
  async run({ db, project }, page) {
    return pageOfRows(await list(db, project), page, ({ name }) => name);
  },
} as const satisfies Operation<typeof input, typeof output>;
