import type { Calls } from './calls.ts';
import { createRunner, type Ended, type Runner, type RunnerOptions, type Task } from './runner.ts';

/** Runs user code in a child process that is shared, and alone in a fresh one where the shared one died under it. */
export type Isolation = {
  /** Starts the shared process and loads a file in it, so that the first run finds both there. */
  prepare(file: string): void;
  run(task: Task, calls: () => Calls): Promise<readonly [Ended, Calls]>;
  close(): void;
};

/** The worker stops, and user code with it: that says nothing of what it was at. */
class HostClosedError extends Error {
  override readonly name = 'HostClosed';
  readonly kind = 'unavailable';
  readonly retryable = true;
  constructor() {
    super('the worker stopped while user code was at work; the next attempt runs it again');
  }
}

export function createIsolation(options: RunnerOptions): Isolation {
  let shared: Runner | null = null;
  let isolated: Promise<unknown> = Promise.resolve();
  let closed = false;

  const sharedRunner = (): Runner => {
    if (shared === null || !shared.alive()) shared = createRunner(options);
    return shared;
  };

  // A run whose process died may be the cause or a bystander: alone in a fresh process it can only be the cause.
  // Its time begins when its turn comes and the process is up.
  function alone(task: Task, callsOf: () => Calls): Promise<readonly [Ended, Calls]> {
    const run = isolated.then(async () => {
      const runner = createRunner(options);
      await runner.ready(task.file);
      const calls = callsOf();
      try {
        const ended = await runner.run(task, calls);
        if (closed && ended.kind === 'died') throw new HostClosedError();
        return [ended, calls] as const;
      } finally {
        runner.close();
      }
    });
    isolated = run.catch(() => undefined);
    return run;
  }

  return {
    prepare: (file) => void sharedRunner().ready(file),
    async run(task, callsOf) {
      const runner = sharedRunner();
      await runner.ready(task.file);
      const calls = callsOf();
      const ended = await runner.run(task, calls);
      if (ended.kind !== 'died') return [ended, calls];
      if (closed) throw new HostClosedError();
      return alone(task, callsOf);
    },
    close: () => {
      closed = true;
      shared?.close();
    },
  };
}
