// A worker of the optimize workflow that kills itself at the given step boundaries. It gets ready, and works from the first line on stdin on.
import { once } from 'node:events';
import { Context } from '@temporalio/activity';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { z } from 'zod';
import { QUEUE } from '../../../contracts/temporal.ts';
import { createDatabase } from '../../../db/connect.ts';
import { goldenActivities, notes } from './stage.ts';

const settings = z.object({
  address: z.string(),
  namespace: z.string(),
  database: z.string(),
  bundle: z.string(),
  folder: z.string(),
  /** `<trace>#<turn>`: where to die, each once over all workers. */
  kills: z.array(z.string()),
});
const { address, namespace, database, bundle, folder, kills } = settings.parse(
  JSON.parse(process.env['GOLDEN_WORKER'] ?? 'null'),
);
const log = notes(folder);
const db = createDatabase(database, { max: 8 });

// Other traces' activities under way end first, unheard: so every trace is killed between two effects and none in the middle of one.
let dying = false;
let working = 0;
const endIfIdle = (): void => {
  if (dying && working === 0) process.kill(process.pid, 'SIGKILL');
};
const forever = new Promise<never>(() => undefined);

const activities = goldenActivities({
  db,
  pay: log.pay,
  stored(boundary) {
    if (dying || !kills.includes(boundary) || log.killed().includes(boundary)) return;
    log.kill(boundary);
    dying = true;
  },
});

type Work = (input: never) => Promise<unknown>;

// Where the machine is so busy that a beat is late, Temporal starts another attempt while this process is still at work on the first. It waits
// for that one, as with the real ledger it would for the claims of its calls: so it finds what is stored and pays for nothing again.
const attempts = new Map<string, Promise<unknown>>();
const inTurn =
  (work: Work): Work =>
  async (input) => {
    const { activityId, workflowExecution } = Context.current().info;
    const key = `${workflowExecution?.runId} ${activityId}`;
    const own = (attempts.get(key) ?? Promise.resolve()).then(() => work(input));
    attempts.set(
      key,
      own.catch(() => undefined),
    );
    return own;
  };

const whole =
  (work: Work): Work =>
  async (input) => {
    const context = Context.current();
    if (dying) return forever;
    working += 1;
    const beat = setInterval(() => context.heartbeat(), 300);
    try {
      return await work(input);
    } finally {
      clearInterval(beat);
      working -= 1;
      endIfIdle();
      // The process ends before Temporal hears of anything.
      if (dying) await forever;
    }
  };
const wrapped = Object.fromEntries(
  Object.entries(activities).map(([name, work]) => [name, inTurn(whole(work as Work))]),
);

Runtime.install({ logger: new DefaultLogger('ERROR') });
const connection = await NativeConnection.connect({ address });
const shared = { connection, namespace, activities: wrapped };
const workers = await Promise.all([
  Worker.create({
    ...shared,
    taskQueue: QUEUE.main,
    workflowBundle: { codePath: bundle },
    stickyQueueScheduleToStartTimeout: '300ms',
  }),
  Worker.create({ ...shared, taskQueue: QUEUE.model }),
  Worker.create({ ...shared, taskQueue: QUEUE.agent }),
]);
// It never outlives the test, however that ends.
process.stdin.once('end', () => process.exit(1));
await once(process.stdin, 'data');
await Promise.all(workers.map((worker) => worker.run()));
