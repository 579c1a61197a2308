import { z } from 'zod';
import { name } from '../../contracts/name.ts';
import { promptReference } from '../../contracts/prompt.ts';

export const promptName = name.describe('name of the prompt');
export const reference = promptReference.describe('name, name@version or name@alias');

export const promptVersion = z.strictObject({
  name: z.string(),
  number: z.int(),
  hash: z.string().describe('hash of the text'),
  text: z.string(),
  variables: z.array(z.string()),
  message: z.string().nullable(),
  parent: z.int().nullable(),
  cycle: z.string().nullable().describe('the cycle that wrote it; null when a person did'),
  models: z.record(z.string(), z.string()).nullable(),
  createdAt: z.string(),
});

export const why = z.string().min(1).describe('the reason, kept in the history');
export const otherVariables = z
  .boolean()
  .default(false)
  .describe('the agent was changed and fills other template variables than where the alias is');
