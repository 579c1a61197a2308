import { fileURLToPath } from 'node:url';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { QUEUE } from '../../contracts/temporal.ts';
import { testServerPath } from '../services.ts';

const workflowsPath = fileURLToPath(new URL('../../workflows/index.ts', import.meta.url));

/** A server on which days pass in no time, with a worker of the workflows for each queue that has activities. */
export async function startSkipping(
  activities: Partial<Record<keyof typeof QUEUE, object>>,
): Promise<{
  readonly environment: TestWorkflowEnvironment;
  readonly stop: () => Promise<void>;
}> {
  const logger = new DefaultLogger('ERROR');
  Runtime.install({ logger });
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: await testServerPath() } },
  });
  const workflowBundle = await bundleWorkflowCode({ workflowsPath, logger });
  const workers = await Promise.all(
    Object.entries(activities).map(([queue, own]) =>
      Worker.create({
        connection: environment.nativeConnection,
        taskQueue: QUEUE[queue as keyof typeof QUEUE],
        activities: own,
        ...(queue === 'main' && { workflowBundle }),
      }),
    ),
  );
  const running = Promise.all(workers.map((worker) => worker.run()));
  return {
    environment,
    stop: async () => {
      for (const worker of workers) worker.shutdown();
      await running;
      await environment.teardown();
    },
  };
}
