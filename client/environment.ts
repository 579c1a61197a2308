import { isReserved } from '../domain/people/claimed.ts';
import { userInfo } from 'node:os';
import { z } from 'zod';
import { project } from '../contracts/name.ts';
import { InvalidInputError } from '../contracts/invalid-input.ts';

const text = z
  .string()
  .trim()
  .optional()
  .transform((value) => value || undefined);

const shape = z.object({
  ATTUNE_PROJECT: text.pipe(project.optional()),
  ATTUNE_SERVER: text.pipe(z.url().optional()),
  ATTUNE_TOKEN: text,
  DATABASE_URL: text,
  TEMPORAL_ADDRESS: text,
  ATTUNE_MODEL: text,
  ATTUNE_SPLIT_SALT: text,
});

/** What the CLI reads of its environment; what the stack and Temporal's own client read is passed on whole in `all`. */
export type Environment = z.infer<typeof shape> & {
  readonly all: Readonly<Record<string, string>>;
  readonly user: string;
};

/** @throws InvalidInputError naming each variable that is wrong */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const parsed = shape.safeParse(env);
  if (!parsed.success)
    throw new InvalidInputError(
      parsed.error.issues.map((issue) => ({
        at: issue.path.join('.'),
        message: issue.message,
      })),
      'Mend or unset the variable.',
    );
  const all = Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const user = env['USER'] || env['USERNAME'] || accountName();
  return { ...parsed.data, all, user: isReserved(user) ? accountName() : user };
}

/** A container may have an account number without a name. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
