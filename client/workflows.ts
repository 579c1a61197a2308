import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import { type FailureKind, kindOf } from '../contracts/failure.ts';
import { QUEUE, TASK_TIMEOUT } from '../contracts/temporal.ts';
import type { Cli } from './cli.ts';
import { createLiveLine, type LiveLine } from './terminal/live-line.ts';

export type Starting = {
  readonly type: string;
  readonly id: string;
  readonly args: readonly unknown[];
  /** What a person sees of it in the UI of Temporal. */
  readonly summary: string;
  readonly details?: string;
  readonly attributes?: SearchAttributePair[];
  /** `failed`: one that ended well is not started again; default: any may be. */
  readonly again?: 'failed' | 'any';
  /** Its row says that it failed: a run under its id is closing. */
  readonly failed?: boolean;
};

/** Starts a workflow unless one runs under its id: then that is the one meant. */
export async function startWorkflow(client: Client, wanted: Starting): Promise<WorkflowHandle> {
  const { type, id, args, summary, details, attributes, again = 'any' } = wanted;
  if (wanted.failed) await closed(client.workflow.getHandle(id));
  return client.workflow.start(type, {
    workflowId: id,
    workflowTaskTimeout: TASK_TIMEOUT,
    taskQueue: QUEUE.main,
    args: [...args],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy:
      again === 'any'
        ? WorkflowIdReusePolicy.ALLOW_DUPLICATE
        : WorkflowIdReusePolicy.ALLOW_DUPLICATE_FAILED_ONLY,
    staticSummary: summary,
    ...(details !== undefined && { staticDetails: details }),
    ...(attributes !== undefined && { typedSearchAttributes: attributes }),
  });
}

const CLOSING_MS = 5_000;

/** What is on record is there before the workflow closes: a start in between would mean the run that is over. */
async function closed(handle: WorkflowHandle): Promise<void> {
  for (const until = performance.now() + CLOSING_MS; performance.now() < until; await sleep(50))
    if (!(await isRunning(handle))) return;
}

async function isRunning(handle: WorkflowHandle): Promise<boolean> {
  try {
    return (await handle.describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

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
