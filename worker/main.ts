/** Composition root of the workers. `worker`: workflows, database and model work. `agent`: the system under test. */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import { createAgentActivities } from '../activities/evaluate/rollouts.ts';
import { QUEUE } from '../contracts/temporal.ts';
import { workflowBundle } from './bundle.ts';
import { type Deps, openAgents, openDeps } from './deps.ts';
import { readEnvironment, type WorkerEnvironment } from './environment.ts';
import { registerSearchAttributes } from './search-attributes.ts';

const ROLES = ['worker', 'agent'] as const;
type Role = (typeof ROLES)[number];

/** A batch holds a slot for its whole life; calls inside it are bounded by the limiter. */
const BATCH_SLOTS = 16;
const STICKY = '1s';

async function main(role: Role): Promise<void> {
  const environment = readEnvironment(process.env);
  Runtime.install({ logger: new DefaultLogger('WARN', logLine), shutdownSignals: [] });
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await NativeConnection.connect(connectionOptions);
  const deps = await openDeps(environment);
  const started =
    role === 'worker'
      ? await mainWorkers({ connection, namespace, deps, data: environment.data })
      : await agentWorkers({ connection, namespace, deps, environment });

  const stop = (): void => started.workers.forEach((worker) => shutdown(worker));
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);
  const running = Promise.all(started.workers.map((worker) => worker.run()));
  console.log(JSON.stringify({ ready: true, role }));
  try {
    await running;
  } finally {
    started.close();
    await deps.close();
    await connection.close();
  }
}

type Start = {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly deps: Deps;
};
type Started = { readonly workers: readonly Worker[]; readonly close: () => void };

async function mainWorkers(start: Start & { readonly data: string }): Promise<Started> {
  const { connection, namespace, deps } = start;
  const attributes = await registerSearchAttributes(connection, namespace);
  if (!attributes.ready)
    console.error(`search attributes are missing; to add them:\n${attributes.commands.join('\n')}`);
  const activities = createActivities({ ...deps.activities, searchAttributes: attributes.ready });
  const shared = { connection, namespace, activities, shutdownGraceTime: '5s' } as const;
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: QUEUE.main,
      workflowBundle: await workflowBundle(start.data),
      stickyQueueScheduleToStartTimeout: STICKY,
    }),
    Worker.create({
      ...shared,
      taskQueue: QUEUE.model,
      maxConcurrentActivityTaskExecutions: BATCH_SLOTS,
    }),
  ]);
  return { workers, close: () => undefined };
}

async function agentWorkers(
  start: Start & { readonly environment: WorkerEnvironment },
): Promise<Started> {
  const { connection, namespace, deps } = start;
  const agents = await openAgents(deps, start.environment);
  const worker = await Worker.create({
    connection,
    namespace,
    taskQueue: QUEUE.agent,
    activities: createAgentActivities({ ...deps.activities, ...agents }),
    maxConcurrentActivityTaskExecutions: BATCH_SLOTS,
    shutdownGraceTime: '5s',
  });
  return {
    workers: [worker],
    close: () => {
      agents.host.close();
      agents.scorerHost.close();
    },
  };
}

function shutdown(worker: Worker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}

function logLine(entry: {
  readonly level: string;
  readonly message: string;
  readonly meta?: unknown;
}): void {
  const meta = entry.meta === undefined ? '' : ` ${JSON.stringify(entry.meta)}`;
  console.error(`${new Date().toISOString()} ${entry.level} ${entry.message}${meta}`);
}

const role = process.argv[2] ?? 'worker';
if (!ROLES.includes(role as Role)) {
  console.error(`worker: \`${role}\` is no role; use one of ${ROLES.join(', ')}`);
  process.exit(2);
}
main(role as Role).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
