import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { FAILURES, type FailureKind } from '../contracts/failure.ts';
import { StackConfigError } from './errors.ts';
import { readStack } from './info.ts';
import { CLONE, dataDirOf } from './layout.ts';
import { dividedForHandover, environmentOf } from './parts/environments.ts';

const found = z.object({
  subject: z.string(),
  found: z.enum(['yes', 'partly', 'ignored', 'no']),
  detail: z.string(),
  without: z.string(),
});
const done = z.object({
  endpoint: z.string(),
  model: z.string(),
  changes: z.array(z.string()),
  kept: z.boolean(),
  requests: z.number(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  usd: z.number().nullable(),
});
const line = z.union([
  z.object({ found }),
  z.object({ done }),
  z.object({ failed: z.object({ kind: z.string(), message: z.string() }) }),
]);

export type ModelFinding = z.infer<typeof found>;
export type ModelCheck = z.infer<typeof done> & { readonly findings: readonly ModelFinding[] };

/** The check ended before its end: the endpoint does not answer, or refuses the key. */
export class ModelCheckError extends Error {
  override readonly name = 'ModelCheckError';
  readonly kind: FailureKind;
  readonly retryable = false;
  constructor(kind: string, message: string) {
    super(message);
    this.kind = Object.hasOwn(FAILURES, kind) ? (kind as FailureKind) : 'internal';
  }
}

/** Asks a model what it can do, in a process of its own that gets the key over a pipe. `onFinding` is told each answer as it comes. */
export async function checkModel(
  env: NodeJS.ProcessEnv,
  model: string,
  onFinding: (finding: ModelFinding) => void = () => undefined,
): Promise<ModelCheck> {
  const database = env['DATABASE_URL'] || readStack(dataDirOf(env))?.database.url;
  const given = environmentOf('worker', { ...env, DATABASE_URL: database });
  const { shown, handed } = dividedForHandover(given);
  const child = spawn(
    process.execPath,
    [
      '--import',
      resolve(CLONE, 'stack', 'handed.ts'),
      resolve(CLONE, 'worker', 'check-model.ts'),
      model,
    ],
    { env: { ...shown, NODE_TEST_CONTEXT: undefined }, stdio: ['pipe', 'pipe', 'pipe'] },
  );
  child.stdin.end(JSON.stringify(handed));
  const errors: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  const findings: ModelFinding[] = [];
  for await (const text of createInterface({ input: child.stdout })) {
    const said = line.parse(JSON.parse(text));
    if ('failed' in said) throw new ModelCheckError(said.failed.kind, said.failed.message);
    if ('done' in said) return { ...said.done, findings };
    findings.push(said.found);
    onFinding(said.found);
  }
  throw new ModelCheckError('internal', `the check ended early: ${errors.join('').slice(-500)}`);
}

/** The model to check: the one that is named, else the configured one. @throws StackConfigError where there is none. */
export function modelToCheck(env: NodeJS.ProcessEnv, named: string | undefined): string {
  const model = named ?? env['ATTUNE_MODEL'];
  if (model === undefined || model === '' || model === 'practice')
    throw new StackConfigError(
      'ATTUNE_MODEL',
      'no real model is configured: name one (`attune doctor --model NAME`) with OPENAI_BASE_URL and OPENAI_API_KEY set, or set ATTUNE_MODEL. The practice model takes everything that Attune sends.',
    );
  if (!env['OPENAI_API_KEY'] && !env['OPENAI_BASE_URL'])
    throw new StackConfigError(
      'OPENAI_API_KEY',
      `the check of ${model} needs OPENAI_API_KEY, or OPENAI_BASE_URL for a server that takes no key`,
    );
  return model;
}
