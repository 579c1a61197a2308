import { z } from 'zod';
import { aliasMove, aliasName } from '../../contracts/prompt.ts';
import { aliasHistory } from '../../db/versions/aliases.ts';
import { getPrompt } from '../../db/versions/prompts.ts';
import type { Operation } from '../operation.ts';
import { pageOf, pageOfRows, paging } from '../page.ts';
import { promptName } from './shapes.ts';

const input = z.strictObject({
  prompt: promptName,
  alias: aliasName.default('production').describe('the alias'),
  ...paging,
});
const output = pageOf(aliasMove);

export const showHistory = {
  name: 'prompt.history',
  says: 'Lists every move of an alias, oldest first: who, when, why, and what it rested on.',
  role: 'viewer',
  effect: 'reads',
  input,
  output,
  example: { prompt: 'router' },
  async run({ db, project }, { prompt, alias, ...page }) {
    await getPrompt(db, { project, reference: prompt });
    const moves = await aliasHistory(db, { project, prompt, alias });
    return pageOfRows(moves, page, ({ at, to }) => `${at} ${to}`);
  },
} as const satisfies Operation<typeof input, typeof output>;
