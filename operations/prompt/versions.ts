import { z } from 'zod';
import { NotFoundError } from '../../db/errors.ts';
import { listPromptVersions } from '../../db/versions/prompts.ts';
import type { Operation } from '../operation.ts';
import { pageOf, pageOfRows, paging } from '../page.ts';
import { promptName, promptVersion } from './shapes.ts';

const input = z.strictObject({ name: promptName, ...paging });
const output = pageOf(promptVersion);

export const listVersions = {
  name: 'prompt.versions',
  says: 'Lists the versions of a prompt, oldest first.',
  role: 'viewer',
  effect: 'reads',
  input,
  output,
  example: { name: 'router' },
  async run({ db, project }, { name, ...page }) {
    const versions = await listPromptVersions(db, { project, name });
    if (versions.length === 0)
      throw new NotFoundError('prompt', name, '`attune prompt list` shows them');
    const rows = versions.map((row) => ({ ...row, variables: [...row.variables] }));
    return pageOfRows(rows, page, ({ number }) => String(number));
  },
} as const satisfies Operation<typeof input, typeof output>;
