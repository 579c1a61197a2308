import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { type FailureKind, kindOf } from '../contracts/failure.ts';
import type { Cli } from './cli.ts';
import { createLiveLine, type LiveLine } from './terminal/live-line.ts';

export type Followed =
  | { readonly kind: 'ended' | 'left' }
  /** The workflow failed: `type` is the stable type of the failure, `failure` what it means. */
  | {
      readonly kind: 'failed';
      readonly failure: FailureKind;
      readonly type: string;
      readonly message: string;
    };

export type Following = {
  readonly id: string;
  /** Aborted when the person stops looking. */
  readonly signal: AbortSignal;
  /** Shows how far it is. */
  readonly look: (line: LiveLine) => Promise<void>;
};

const EVERY_MS = 400;

/** Follows a workflow to its end. Looking changes nothing in it. */
export async function followWorkflow(cli: Cli, { id, signal, look }: Following): Promise<Followed> {
  const client = await cli.connections.temporal();
  const line = createLiveLine(process.stderr);
  const leaving = new AbortController();
  const calls = AbortSignal.any([signal, leaving.signal]);
  const handle = client.workflow.getHandle(id);
  const end = client.connection.withAbortSignal(calls, () => endOf(handle, calls));
  try {
    for (;;) {
      const paused = sleep(EVERY_MS, null, { signal: calls }).catch(() => null);
      const ended = await Promise.race([end, paused]);
      if (ended !== null) return ended;
      if (signal.aborted) return { kind: 'left' };
      await look(line);
    }
  } finally {
    leaving.abort();
    line.end();
  }
}

async function endOf(handle: WorkflowHandle, signal: AbortSignal): Promise<Followed> {
  try {
    await handle.result();
    return { kind: 'ended' };
  } catch (error) {
    if (signal.aborted) return { kind: 'left' };
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { kind: 'failed', failure: kindOf(error), ...reasonOf(error) };
  }
}

/** The outermost failure with a type of ours; else the innermost. */
function reasonOf(error: Error): { readonly type: string; readonly message: string } {
  let cause = error;
  for (;;) {
    if ('type' in cause && typeof cause.type === 'string')
      return { type: cause.type, message: cause.message };
    if (!(cause.cause instanceof Error)) return { type: cause.name, message: cause.message };
    cause = cause.cause;
  }
}
