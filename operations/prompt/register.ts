import { z } from 'zod';
import type { PromptVersion } from '../../contracts/prompt.ts';
import { registerPrompt as register } from '../../db/versions/prompts.ts';
import type { Operation } from '../operation.ts';
import { promptName, promptVersion } from './shapes.ts';

const input = z.strictObject({
  name: promptName,
  text: z.string().trim().min(1).describe('the text, with `{{variables}}`'),
  message: z.string().optional().describe('what the version is about'),
});
const output = promptVersion.extend({ created: z.boolean() });

export const registerPrompt = {
  name: 'prompt.register',
  says: 'Makes a version of a prompt from a text; one that has the text already is found.',
  role: 'editor',
  effect: 'writes',
  input,
  output,
  example: { name: 'router', text: 'Route {{message}} to a queue.' },
  audit: (_, made) => ({ subject: idOf(made), detail: { hash: made.hash, created: made.created } }),
  async run({ db, project }, { message, ...given }) {
    const { version, created } = await register(db, {
      project,
      ...given,
      ...(message !== undefined && { message }),
    });
    return { ...version, variables: [...version.variables], created };
  },
} as const satisfies Operation<typeof input, typeof output>;

export const idOf = ({ name, number }: Pick<PromptVersion, 'name' | 'number'>): string =>
  `${name}@${number}`;
