import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../contracts/json.ts';
import type { Calls } from './calls.ts';
import { type Enclosure, OPEN } from './enclosure/enclosure.ts';
import { readFromChild } from './from-child.ts';
import type { FromChild, Recorded, ToChild, Work } from './protocol.ts';

/** How a run in the child process ended. `died` says nothing of whose fault it was. */
export type Ended =
  | {
      readonly kind: 'returned';
      readonly outputs: JsonObject;
      readonly recorded: Recorded;
      readonly promptsUsed?: Readonly<Record<string, string>>;
      readonly remarks?: readonly string[];
    }
  | {
      readonly kind: 'threw';
      readonly error: { readonly name: string; readonly message: string };
      readonly recorded: Recorded;
    }
  | { readonly kind: 'timeout'; readonly message?: string }
  | { readonly kind: 'died'; readonly message: string }
  /** A service that could not be asked. */
  | { readonly kind: 'unreachable'; readonly message: string };

/** A function of a file of the user's, and what it is given. */
export type Task = {
  readonly file: string;
  readonly exported: string;
  /** Bound on its own time; waiting for our model client does not count. */
  readonly timeoutMs: number;
  readonly work: Work;
};

/** One child process with many runs. Once it has died it is never used again. */
export type Runner = {
  /** The process has started and loaded this file of the user's, or died, or takes too long for that to be waited for. */
  ready(file: string): Promise<void>;
  run(task: Task, calls: Calls): Promise<Ended>;
  alive(): boolean;
  close(): void;
};

export type RunnerOptions = {
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds without an answer to a ping after which the child counts as hung. */
  readonly hangMs: number;
  /** Where the child is started: by default nowhere in particular, as tests do. */
  readonly enclosure?: Enclosure;
};

type Run = {
  readonly task: Task;
  readonly calls: Calls;
  readonly end: (ended: Ended) => void;
};

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));
const CHECK_MS = 100;
/** How long the process may start and evaluate a module before its work begins and its time counts. */
const LOAD_MS = 30_000;

export function createRunner(options: RunnerOptions): Runner {
  const { enclosure = OPEN } = options;
  const [command, ...before] = enclosure.wrap(process.execPath, []);
  const child = fork(CHILD, [], {
    execPath: command,
    execArgv: before,
    env: enclosure.environment(options.env),
    serialization: 'advanced',
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const runs = new Map<number, Run>();
  let ids = 0;
  let alive = true;
  let ping: { readonly n: number; readonly sentAt: number } | null = null;
  let pings = 0;
  let lastWords = 'the process of the user code ended';
  const files = new Map<string, PromiseWithResolvers<void>>();

  const finish = (id: number, ended: Ended): void => {
    const run = runs.get(id);
    runs.delete(id);
    run?.end(ended);
  };
  const post = (message: ToChild): void => {
    if (alive && child.connected) child.send(message, () => undefined);
  };
  const overdue = (): number[] =>
    [...runs].filter(([, run]) => run.calls.meter.own() > run.task.timeoutMs).map(([id]) => id);
  const timer = setInterval(() => watch(), CHECK_MS);
  timer.unref();

  // An overdue run is the agent's failure only while the process answers: a busy loop holds up every run in it.
  function watch(): void {
    if (ping !== null) {
      if (Date.now() - ping.sentAt < options.hangMs) return;
      lastWords = `the process of the user code did not answer for ${options.hangMs} ms (a busy loop?)`;
      child.kill('SIGKILL');
      return;
    }
    if (overdue().length === 0) return;
    ping = { n: (pings += 1), sentAt: Date.now() };
    post({ kind: 'ping', n: ping.n });
  }

  function receive(message: FromChild): void {
    switch (message.kind) {
      case 'ready':
        return;
      case 'loaded':
        files.get(message.file)?.resolve();
        return;
      case 'pong':
        ping = null;
        for (const id of overdue()) {
          post({ kind: 'abort', id });
          finish(id, { kind: 'timeout' });
        }
        return;
      case 'complete':
      case 'judge':
        void forward(message);
        return;
      case 'returned':
      case 'threw':
        finish(message.id, message);
        return;
    }
  }

  async function forward(
    message: Extract<FromChild, { kind: 'complete' | 'judge' }>,
  ): Promise<void> {
    const { id, call } = message;
    const run = runs.get(id);
    if (run === undefined) return;
    try {
      if (message.kind === 'judge')
        post({ kind: 'judged', id, call, answer: await run.calls.judge(message.asked) });
      else {
        const { request, parent } = message;
        post({
          kind: 'completed',
          id,
          call,
          completion: await run.calls.complete(request, parent),
        });
      }
    } catch (error) {
      post({
        kind: 'refused',
        id,
        call,
        message: error instanceof Error ? error.message : String(error),
      });
    }
  }

  function buried(code: number | null, signal: string | null): void {
    alive = false;
    for (const { resolve } of files.values()) resolve();
    clearInterval(timer);
    const message = `${lastWords} (${signal ?? `exit code ${code}`})`;
    for (const id of runs.keys()) finish(id, { kind: 'died', message });
  }

  child.on('message', (message) => {
    const read = readFromChild(message);
    if (read !== null) receive(read);
  });
  child.on('exit', buried);
  child.on('error', () => undefined);

  function ready(file: string): Promise<void> {
    const known = files.get(file);
    if (known !== undefined || !alive) return known?.promise ?? Promise.resolve();
    const loading = Promise.withResolvers<void>();
    files.set(file, loading);
    const late = setTimeout(loading.resolve, LOAD_MS);
    void loading.promise.then(() => clearTimeout(late));
    post({ kind: 'load', file });
    return loading.promise;
  }

  return {
    ready,
    run: (task, calls) =>
      new Promise((end) => {
        const id = (ids += 1);
        if (!alive) return end({ kind: 'died', message: lastWords });
        runs.set(id, { task, calls, end });
        const { file, exported, work } = task;
        post({ kind: 'work', id, file, exported, work });
      }),
    alive: () => alive,
    close: () => closeChild(child),
  };
}

function closeChild(child: ChildProcess): void {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
}
