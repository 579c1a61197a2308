import { z } from 'zod';
import { project } from '../contracts/name.ts';
import { forwardHeaders, forwardUrl } from './otlp/settings.ts';

const text = z
  .string()
  .trim()
  .optional()
  .transform((value) => value || undefined);

const shape = z.object({
  DATABASE_URL: z.string({
    error: 'is not set: run `npx attune up`, or set it to a PostgreSQL address',
  }),
  ATTUNE_TOKEN: z
    .string({ error: 'is not set: choose a long random text; callers send it as bearer token' })
    .min(16, 'is shorter than 16 characters'),
  ATTUNE_PROJECT: text.pipe(project.default('default')),
  HOST: text.pipe(z.string().default('127.0.0.1')),
  PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  TEMPORAL_ADDRESS: text,
  ATTUNE_SPLIT_SALT: text,
  ATTUNE_TEMPORAL_UI: text,
  /** Received traces are sent on there too; secrets stand in the headers, and only here. */
  ATTUNE_FORWARD_OTLP_URL: text.pipe(forwardUrl.optional()),
  ATTUNE_FORWARD_OTLP_HEADERS: text.pipe(forwardHeaders.optional()),
});
export type ServerEnvironment = z.infer<typeof shape>;

/** The server's environment, parsed once. @throws an error naming each variable that is wrong */
export function readEnvironment(env: NodeJS.ProcessEnv): ServerEnvironment {
  const parsed = shape.safeParse(env);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  throw new Error(`server environment: ${faults.join('; ')}`);
}
