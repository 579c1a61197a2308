import { z } from 'zod';

/** Names of datasets, prompts, judges, agents, cycles: safe in ids, paths and shells. */
export const name = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,99}$/,
    'use 1 to 100 of a-z, 0-9, dot, dash, underscore, starting with a letter or digit',
  );

export const project = name;
