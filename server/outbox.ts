import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import { cycleWorkflowId } from '../contracts/temporal.ts';
import type { Db } from '../db/connect.ts';
import { deliverOutbox, type OutboxMessage } from '../db/outbox.ts';
import { labelingComplete } from '../workflows/messages.ts';

export type OutboxLoop = {
  readonly db: Db;
  readonly temporal: Client;
  readonly signal: AbortSignal;
};

const EVERY_MS = 500;
const SLOWEST_MS = 10_000;
const AT_ONCE = 20;
const SIGNAL_WITHIN_MS = 5_000;

/**
 * Tells workflows what the database has for them until it is aborted. While Temporal or the database is away the messages wait,
 * and are looked for less often.
 */
export async function runOutbox({ db, temporal, signal }: OutboxLoop): Promise<void> {
  let wait = EVERY_MS;
  while (!signal.aborted) {
    await sleep(wait, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    const failed = await attempt({ db, temporal });
    wait = failed ? Math.min(wait * 2, SLOWEST_MS) : EVERY_MS;
  }
}

async function attempt({ db, temporal }: Omit<OutboxLoop, 'signal'>): Promise<boolean> {
  try {
    const deliver = (message: OutboxMessage): Promise<void> => deliverMessage(temporal, message);
    const { failed } = await deliverOutbox(db, { limit: AT_ONCE, deliver });
    return failed.length > 0;
  } catch {
    return true;
  }
}

/** A cycle that has ended, or whose wait has, takes no notice: the message is done with. */
export async function deliverMessage(temporal: Client, message: OutboxMessage): Promise<void> {
  const [cycle, number] = message.payload.cycle?.split('/') ?? [];
  if (cycle === undefined || number === undefined) return;
  const workflowId = cycleWorkflowId(message.project, cycle, Number(number));
  const send = (): Promise<void> =>
    temporal.workflow.getHandle(workflowId).signal(labelingComplete, { session: message.subject });
  try {
    await temporal.connection.withDeadline(Date.now() + SIGNAL_WITHIN_MS, send);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
