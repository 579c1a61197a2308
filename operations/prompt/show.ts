import { z } from 'zod';
import { getPrompt } from '../../db/versions/prompts.ts';
import type { Operation } from '../operation.ts';
import { promptVersion, reference } from './shapes.ts';

const input = z.strictObject({ prompt: reference });

export const showPrompt = {
  name: 'prompt.show',
  says: 'Shows the text of one version of a prompt.',
  role: 'viewer',
  effect: 'reads',
  input,
  output: promptVersion,
  example: { prompt: 'router@production' },
  async run({ db, project }, { prompt }) {
    const version = await getPrompt(db, { project, reference: prompt });
    return { ...version, variables: [...version.variables] };
  },
} as const satisfies Operation<typeof input, typeof promptVersion>;
