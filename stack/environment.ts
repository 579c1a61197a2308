import { z } from 'zod';
import { StackConfigError } from './errors.ts';

/** What the environment asks for: each part is either started here or attached to. */
export type Wishes = {
  readonly database: { readonly attach: string } | 'embedded';
  readonly temporal: { readonly attach: string; readonly namespace: string } | 'embedded';
  readonly model: { readonly real: string } | 'practice';
};

const ROLES = ['AGENT', 'JUDGE', 'REFLECTION', 'EMBEDDING'] as const;
const text = z
  .string()
  .trim()
  .optional()
  .transform((value) => value || undefined);
const shape = z.object({
  DATABASE_URL: text,
  TEMPORAL_ADDRESS: text,
  TEMPORAL_NAMESPACE: text,
  ATTUNE_MODEL: text,
  OPENAI_API_KEY: text,
  OPENAI_BASE_URL: text,
});

/** Reads TEMPORAL_ADDRESS, DATABASE_URL and ATTUNE_MODEL. A key without a named model is not used. Throws StackConfigError. */
export function readWishes(env: NodeJS.ProcessEnv): Wishes {
  const given = shape.parse(env);
  if (given.DATABASE_URL !== undefined && !/^postgres(ql)?:\/\//.test(given.DATABASE_URL))
    throw new StackConfigError(
      'DATABASE_URL',
      'DATABASE_URL is not a PostgreSQL address. Write postgres://user:password@host:5432/database, or unset it to use the embedded one.',
    );
  return {
    database: given.DATABASE_URL === undefined ? 'embedded' : { attach: given.DATABASE_URL },
    temporal:
      given.TEMPORAL_ADDRESS === undefined
        ? 'embedded'
        : { attach: given.TEMPORAL_ADDRESS, namespace: given.TEMPORAL_NAMESPACE ?? 'default' },
    model: readModel(given, env),
  };
}

function readModel(given: z.infer<typeof shape>, env: NodeJS.ProcessEnv): Wishes['model'] {
  const role = ROLES.map((name) => `ATTUNE_MODEL_${name}`).find((name) => env[name]);
  if (given.ATTUNE_MODEL === undefined || given.ATTUNE_MODEL === 'practice') {
    if (role !== undefined)
      throw new StackConfigError(
        role,
        `${role} is set, but ATTUNE_MODEL names no real model. Set ATTUNE_MODEL too, or unset ${role}.`,
      );
    return 'practice';
  }
  if (given.OPENAI_API_KEY === undefined && given.OPENAI_BASE_URL === undefined)
    throw new StackConfigError(
      'ATTUNE_MODEL',
      `ATTUNE_MODEL=${given.ATTUNE_MODEL} needs OPENAI_API_KEY, or OPENAI_BASE_URL for a server that takes no key. Set one, or unset ATTUNE_MODEL to use the practice model.`,
    );
  for (const name of ['OPENAI_BASE_URL', ...ROLES.map((one) => `OPENAI_BASE_URL_${one}`)])
    if (env[name] && !/^https?:\/\/[^/]/.test(env[name]))
      throw new StackConfigError(
        name,
        `${name} is not an address: write it as http://127.0.0.1:8000/v1, or unset it.`,
      );
  return { real: given.ATTUNE_MODEL };
}
