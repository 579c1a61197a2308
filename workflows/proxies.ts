import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities, AgentActivities } from '../activities/index.ts';
import { QUEUE } from '../contracts/temporal.ts';
import { summarised } from './summaries.ts';

// A database or a model server may be away for a night or a weekend. What no retry can help says so itself (activities/failures.ts), so
// attempts are not counted: only what kills its worker each time, or never ends, runs into the bound.
const retry = { initialInterval: '200ms', backoffCoefficient: 1.6, maximumInterval: '5s' } as const;
const OUTLAST = { scheduleToCloseTimeout: '4d' } as const;

const working = { ...OUTLAST, startToCloseTimeout: '10m', heartbeatTimeout: '5s', retry } as const;

/** Short work on the database. */
export const database = summarised(
  proxyActivities<Activities>({
    taskQueue: QUEUE.main,
    startToCloseTimeout: '60s',
    ...OUTLAST,
    retry,
  }),
);

/** Word to the outside, which may not answer: a reminder that cannot be sent is given up after a few minutes. */
export const outward = summarised(
  proxyActivities<Activities>({
    taskQueue: QUEUE.main,
    startToCloseTimeout: '20s',
    retry: {
      initialInterval: '5s',
      backoffCoefficient: 3,
      maximumInterval: '2m',
      maximumAttempts: 5,
    },
  }),
);

/** Arithmetic over many rows: statistics, reports. */
export const compute = summarised(
  proxyActivities<Activities>({ ...working, taskQueue: QUEUE.main, startToCloseTimeout: '5m' }),
);

/**
 * Short steps between two batches (the turn of an engine, the word of a phase), taken by the worker that holds the workflow: what comes
 * next waits for no further round of a queue. Each is written once, so one that is taken again after a kill reads what is there.
 */
export const steps = summarised(
  proxyLocalActivities<Activities>({
    startToCloseTimeout: '5m',
    ...OUTLAST,
    // Longer waits are timers of the workflow: its task is not kept open by a heartbeat of three events every few seconds.
    retry: { ...retry, maximumInterval: '1m' },
    localRetryThreshold: '10s',
  }),
);

/** Batches of model calls. */
export const models = summarised(
  proxyActivities<Activities>({ ...working, taskQueue: QUEUE.model }),
);

/** Batches of agent runs: user code, in processes of its own. */
export const agents = summarised(
  proxyActivities<AgentActivities>({ ...working, taskQueue: QUEUE.agent }),
);
