import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { resetStack, type Stack, startStack } from '../../stack/index.ts';
import { layoutOf } from '../../stack/layout.ts';
import { readRecord } from '../../stack/record.ts';
import { attune, bareEnvironment } from '../attune.ts';
import { configOf, writeTask } from './data.ts';
import type { Mock } from '../mock.ts';

const answer = z.object({
  optimize: z.object({ rollouts: z.int(), reflections: z.int(), duplicatePairs: z.int() }),
  candidates: z.array(z.object({ hash: z.string() })),
  finalist: z.string().nullable(),
  claim: z.string(),
  spend: z.object({ calls: z.int() }),
});

export type Measuring = {
  readonly mock: Mock;
  readonly folder: string;
  /** Of the stack's data folder. */
  readonly name: string;
  readonly budget: number;
  /** Default: the product's own. */
  readonly parents?: number;
  /** Requests after which worker and agent are killed. */
  readonly killAt?: number;
  /** Called when the stack is up and the search begins. */
  readonly onStart?: () => void;
  /** Further figures, read before the stack ends. */
  readonly inspect?: (stack: Stack) => Promise<Readonly<Record<string, number>>>;
};

/** One search by the command line on a stack of its own: a fresh database, so nothing is known before. */
export async function measureOurs(of: Measuring) {
  const { mock: server, folder, name, killAt = null } = of;
  const dataDir = join(folder, name);
  const spec = writeTask(join(folder, 'task'));
  const env = { ...environment(server.port), ATTUNE_CONFIG: configOf(join(folder, 'task')) };
  const stack = await startStack({ dataDir, env, cwd: folder });
  try {
    // The command's code is compiled before its clock starts, as gepa's is imported before its own does.
    await attune(dataDir, ['--version']);
    await server.reset();
    of.onStart?.();
    const begun = performance.now();
    const killing = new AbortController();
    const killed =
      killAt === null ? null : killWorkers(server, { dataDir, killAt, signal: killing.signal });
    const found = answer.parse(JSON.parse(await search(spec, dataDir, of)));
    const wall = (performance.now() - begun) / 1000;
    killing.abort();
    const { requests, keyRepeats, peak, meanConcurrency } = await server.stats();
    const extra = (await of.inspect?.(stack)) ?? {};
    return {
      wall,
      requests,
      spend: found.spend.calls,
      rollouts: found.optimize.rollouts,
      reflections: found.optimize.reflections,
      duplicatePairs: found.optimize.duplicatePairs,
      repaid: keyRepeats,
      inFlightAtKill: (await killed) ?? 0,
      peak,
      meanConcurrency,
      claim: found.claim,
      candidates: found.candidates.map(({ hash }) => hash),
      ...extra,
    };
  } finally {
    await stack.stop();
    await resetStack(dataDir);
  }
}

// The baseline measures train and validation at once, outside the search's own count: the search gets what is left.
function search(spec: string, dataDir: string, { budget, parents }: Measuring): Promise<string> {
  const sizes = ['--budget', String(budget - 60)];
  if (parents !== undefined) sizes.push('--parents', String(parents));
  return attune(dataDir, ['optimize', spec, ...sizes]);
}

type Killing = {
  readonly dataDir: string;
  readonly killAt: number;
  readonly signal: AbortSignal;
};

/** Kills worker and agent with -9 once so many requests were made; answers how many were under way. */
async function killWorkers(server: Mock, { dataDir, killAt, signal }: Killing): Promise<number> {
  while (!signal.aborted) {
    const { requests, current } = await server.stats();
    if (requests >= killAt) {
      const record = readRecord(layoutOf(dataDir));
      for (const part of ['worker', 'agent'] as const) process.kill(record[part]!.pid, 'SIGKILL');
      return current;
    }
    await sleep(20);
  }
  return 0;
}

function environment(port: number): NodeJS.ProcessEnv {
  const url = `http://127.0.0.1:${port}/v1`;
  return {
    ...bareEnvironment(),
    OPENAI_BASE_URL: url,
    OPENAI_API_KEY: 'mock',
    ATTUNE_MODEL: 'task',
  };
}
