import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PartName } from '../../stack/index.ts';
import { type RanCycle, runCycle } from '../e2e/cycle.ts';
import { requestsIn } from '../e2e/requests.ts';
import { crashSpec } from '../e2e/spec.ts';
import { startTestStack, type TestStack } from '../e2e/stack.ts';
import { aliasMoves, type Cost, costOf, practiceCounts } from './evidence.ts';

/** The salt of every crash run, and of the one they are compared with: one with which the small search finds enough to be promoted. */
export const SALT = 'crash-3';
/** Calls under way at most: the limiter of one process, for each of the two workers that call models. */
export const CONCURRENCY = 64;

export type CrashRun = Pick<RanCycle, 'report' | 'ms'> & {
  readonly cost: Cost;
  readonly keyRepeats: number;
  readonly aliasMoves: number;
  /** Parts the stack started again. */
  readonly restarted: readonly PartName[];
  /** By blow: milliseconds from the return of the part to the next request at the model, or to the end of the cycle. */
  readonly progressMs: readonly number[];
};

/** Kills a part once the model got this many requests: a moment of the work, on a fast machine and on a slow one. */
export type Blow = { readonly part: PartName; readonly afterRequests: number };

/** Calls take a moment, so that a kill finds some under way. */
const LATENCY_MS = 15;
const LOOK_MS = 10;
const WITHIN_MS = 150_000;

/** The crash fixture on a fresh database, with the blows given; each part comes back by itself. */
export async function crashRun(
  blows: readonly Blow[],
  { own = false }: { readonly own?: boolean } = {},
): Promise<CrashRun> {
  const env = {
    ATTUNE_CONCURRENCY: String(CONCURRENCY),
    PRACTICE_LATENCY_MS: String(LATENCY_MS),
  };
  const stack = await startTestStack({ own, env });
  try {
    const spec = crashSpec(dirname(stack.dataDir));
    const [{ ran, endedAt }, returned] = await Promise.all([
      runCycle({ stack, spec, salt: SALT, withinMs: WITHIN_MS }).then((cycle) => ({
        ran: cycle,
        endedAt: Date.now(),
      })),
      Promise.all(blows.map((blow) => strike(stack, blow))),
    ]);
    const requests = requestsIn(stack.practiceLog);
    const progressMs = returned.map((at) => {
      const next = requests.find((request) => request.at >= at);
      return Math.max(0, (next?.at ?? endedAt) - at);
    });
    return { ...(await told(stack, ran)), progressMs };
  } finally {
    await stack.close();
  }
}

/** Answers when the part was back. */
async function strike(stack: TestStack, { part, afterRequests }: Blow): Promise<number> {
  const until = performance.now() + WITHIN_MS;
  while (requestsSoFar(stack) < afterRequests && performance.now() < until) await sleep(LOOK_MS);
  const before = restarts(stack).length;
  stack.kill(part);
  while (restarts(stack).length === before && performance.now() < until) await sleep(LOOK_MS);
  return Date.now();
}

const restarts = ({ events }: TestStack): readonly PartName[] =>
  events.flatMap((event) => (event.kind === 'restarted' ? [event.part] : []));

export function requestsSoFar({ practiceLog }: TestStack): number {
  if (!existsSync(practiceLog)) return 0;
  return readFileSync(practiceLog).reduce((lines, byte) => lines + Number(byte === NEWLINE), 0);
}
const NEWLINE = 10;

async function told(
  stack: TestStack,
  { cli, report, ms }: RanCycle,
): Promise<Omit<CrashRun, 'progressMs'>> {
  const db = await cli.connections.database();
  return {
    report,
    ms,
    cost: await costOf(stack, db),
    keyRepeats: (await practiceCounts(stack)).keyRepeats,
    aliasMoves: await aliasMoves(db),
    restarted: restarts(stack),
  };
}
