import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PartName } from '../../stack/index.ts';
import { type RanCycle, runCycle } from '../e2e/cycle.ts';
import { crashSpec } from '../e2e/spec.ts';
import { startTestStack, type TestStack } from '../e2e/stack.ts';
import { aliasMoves, type Cost, costOf, practiceCounts } from './evidence.ts';

/** The salt of every crash run, and of the one they are compared with. */
export const SALT = 'crash-1';
/** Calls under way at most: the limiter of one process, for each of the two workers that call models. */
export const CONCURRENCY = 64;

export type CrashRun = Pick<RanCycle, 'report' | 'ms'> & {
  readonly cost: Cost;
  readonly keyRepeats: number;
  readonly aliasMoves: number;
  /** Parts the stack started again. */
  readonly restarted: readonly PartName[];
};

export type Blow = {
  /** Kills when this many milliseconds of the cycle have passed. */
  readonly afterMs: number;
  readonly part: PartName;
};

/** The crash fixture on a fresh database, with the blows given; each part comes back by itself. */
export async function crashRun(
  blows: readonly Blow[],
  { own = false }: { readonly own?: boolean } = {},
): Promise<CrashRun> {
  const stack = await startTestStack({ own, env: { ATTUNE_CONCURRENCY: String(CONCURRENCY) } });
  try {
    const spec = crashSpec(dirname(stack.dataDir));
    const [ran] = await Promise.all([
      runCycle({ stack, spec, salt: SALT, withinMs: 150_000 }),
      ...blows.map((blow) => strike(stack, blow)),
    ]);
    return await told(stack, ran);
  } finally {
    await stack.close();
  }
}

async function strike(stack: TestStack, { afterMs, part }: Blow): Promise<void> {
  await sleep(afterMs);
  stack.kill(part);
}

async function told(stack: TestStack, { cli, report, ms }: RanCycle): Promise<CrashRun> {
  const db = await cli.connections.database();
  return {
    report,
    ms,
    cost: await costOf(stack, db),
    keyRepeats: (await practiceCounts(stack)).keyRepeats,
    aliasMoves: await aliasMoves(db),
    restarted: stack.events.flatMap((event) => (event.kind === 'restarted' ? [event.part] : [])),
  };
}
