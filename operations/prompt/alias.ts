import { z } from 'zod';
import { aliasMove, aliasName } from '../../contracts/prompt.ts';
import { moveAlias as move, standsAt } from '../../db/versions/aliases.ts';
import { getPrompt } from '../../db/versions/prompts.ts';
import type { Operation } from '../operation.ts';
import { otherVariables, promptName, why } from './shapes.ts';

const input = z.strictObject({
  prompt: promptName,
  alias: aliasName.describe('the alias, such as production'),
  version: z.int().min(1).describe('number of the version it is to point at'),
  why,
  otherVariables,
});

export const moveAlias = {
  name: 'prompt.alias',
  says: 'Points an alias at a version by hand: marked as an override.',
  role: 'approver',
  effect: 'moves-production',
  input,
  output: aliasMove,
  example: { prompt: 'router', alias: 'production', version: 2, why: 'it was reviewed' },
  audit: ({ prompt, alias }, { from, to, why: reason }) => ({
    subject: `${prompt}@${alias}`,
    detail: { from, to, why: reason },
  }),
  async run({ db, project, who }, { prompt, alias, version: to, ...given }) {
    await getPrompt(db, { project, reference: `${prompt}@${to}` });
    const at = { project, prompt, alias };
    return move(db, { ...at, expected: await standsAt(db, at), to, who, ...given });
  },
} as const satisfies Operation<typeof input, typeof aliasMove>;
