import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Client,
  type WorkflowHandle,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { SearchAttributePair } from '@temporalio/common';
import { QUEUE, TASK_TIMEOUT } from '../contracts/temporal.ts';

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
