import { z } from 'zod';
import { aliasMove, aliasName } from '../../contracts/prompt.ts';
import { rollbackAlias as rollback } from '../../db/versions/aliases.ts';
import type { Operation } from '../operation.ts';
import { otherVariables, promptName, why } from './shapes.ts';

const input = z.strictObject({
  prompt: promptName,
  alias: aliasName.default('production').describe('the alias'),
  why,
  otherVariables,
});

export const rollbackAlias = {
  name: 'prompt.rollback',
  says: 'Returns an alias to the version before.',
  role: 'approver',
  effect: 'moves-production',
  input,
  output: aliasMove,
  example: { prompt: 'router', why: 'more complaints than before' },
  audit: ({ prompt, alias }, { from, to, why: reason }) => ({
    subject: `${prompt}@${alias}`,
    detail: { from, to, why: reason },
  }),
  run({ db, project, who }, given) {
    return rollback(db, { project, who, ...given });
  },
} as const satisfies Operation<typeof input, typeof aliasMove>;
