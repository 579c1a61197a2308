import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import type { Db } from '../../db/connect.ts';
import { type Cycle, getCycle } from '../../db/cycles.ts';
import { totalSpend } from '../../db/spend.ts';
import type { Cli } from '../cli.ts';
import { count, usd } from '../terminal/figures.ts';
import { createLiveLine } from '../terminal/live-line.ts';
import { alignmentIdOf } from './start.ts';

export type AlignmentWatched =
  { readonly kind: 'ended' | 'left' } | { readonly kind: 'failed'; readonly message: string };

const EVERY_MS = 300;

/** Follows an alignment to its end: phase, calls and spend. Looking changes nothing in it. */
export async function watchAlignment(
  cli: Cli,
  alignment: Cycle,
  signal: AbortSignal,
): Promise<AlignmentWatched> {
  const client = await cli.connections.temporal();
  const db = await cli.connections.database();
  const line = createLiveLine(process.stderr);
  const leaving = new AbortController();
  const calls = AbortSignal.any([signal, leaving.signal]);
  const end = client.connection.withAbortSignal(calls, () => endOf(cli, alignment, calls));
  try {
    for (;;) {
      const paused = sleep(EVERY_MS, null, { signal: calls }).catch(() => null);
      const ended = await Promise.race([end, paused]);
      if (ended !== null) return ended;
      if (signal.aborted) return { kind: 'left' };
      if (!cli.json) line.show(await progressOf(db, alignment));
    }
  } finally {
    leaving.abort();
    line.end();
  }
}

async function endOf(cli: Cli, alignment: Cycle, signal: AbortSignal): Promise<AlignmentWatched> {
  const client = await cli.connections.temporal();
  try {
    await client.workflow.getHandle(alignmentIdOf(alignment)).result();
    return { kind: 'ended' };
  } catch (error) {
    if (signal.aborted) return { kind: 'left' };
    if (!(error instanceof WorkflowFailedError)) throw error;
    let cause: Error = error;
    while (cause.cause instanceof Error) cause = cause.cause;
    return { kind: 'failed', message: cause.message };
  }
}

async function progressOf(db: Db, at: Cycle): Promise<string> {
  const [{ phase, note }, spend] = await Promise.all([getCycle(db, at), totalSpend(db, at)]);
  return `     ${(phase ?? 'starting').padEnd(9)} ${note ?? ''}, ${count(spend.calls, 'model call')}, spent ${usd(spend.usd)}`;
}
