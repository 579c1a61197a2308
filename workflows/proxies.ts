import { proxyActivities } from '@temporalio/workflow';
import type { Activities, AgentActivities } from '../activities/index.ts';
import { QUEUE } from '../contracts/temporal.ts';

// Bounded everywhere, and long enough for a database or a model server that is away for minutes.
const retry = {
  initialInterval: '200ms',
  backoffCoefficient: 1.6,
  maximumInterval: '5s',
  maximumAttempts: 60,
} as const;

/** Short work on the database. */
export const database = proxyActivities<Activities>({
  taskQueue: QUEUE.main,
  startToCloseTimeout: '60s',
  retry,
});

/** Arithmetic over many rows: statistics, engine steps, reports. */
export const compute = proxyActivities<Activities>({
  taskQueue: QUEUE.main,
  startToCloseTimeout: '5m',
  heartbeatTimeout: '5s',
  retry,
});

/** Batches of model calls. */
export const models = proxyActivities<Activities>({
  taskQueue: QUEUE.model,
  startToCloseTimeout: '10m',
  heartbeatTimeout: '5s',
  retry,
});

/** Batches of agent runs: user code, in processes of its own. */
export const agents = proxyActivities<AgentActivities>({
  taskQueue: QUEUE.agent,
  startToCloseTimeout: '10m',
  heartbeatTimeout: '5s',
  retry,
});
