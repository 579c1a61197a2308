import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type Cli, createCli } from '../../client/cli.ts';
import { readEnvironment } from '../../client/environment.ts';
import {
  endProcess,
  type PartName,
  resetStack,
  type Stack,
  type StackEvent,
  startStack,
} from '../../stack/index.ts';
import { CLONE, layoutOf } from '../../stack/layout.ts';
import { readRecord } from '../../stack/record.ts';
import { createTestDatabase, startTestServices } from '../services.ts';
import { BARE_ENV } from '../stack/folder.ts';

export type TestStackOptions = {
  /** True: PostgreSQL and Temporal of its own, as `attune up` starts them. Else a database and a namespace on those of the test run. */
  readonly own?: boolean;
  readonly env?: NodeJS.ProcessEnv;
};

/** A stack for one test, and a person at it. Its parts are the product's own processes, watched over and started again as usual. */
export type TestStack = {
  readonly stack: Stack;
  readonly dataDir: string;
  /** What happened to its parts so far. */
  readonly events: readonly StackEvent[];
  /** Every request body the practice model got, one a line. */
  readonly practiceLog: string;
  /** A command line at this stack; `env` is the shell's. */
  cli(env?: Readonly<Record<string, string>>): Cli;
  /** Kills a part with -9; the stack starts it again. */
  kill(part: PartName): void;
  /** Stops a part where it is: who asks it waits until the answer of this is called. */
  hold(part: PartName): () => void;
  close(): Promise<void>;
};

/** Starts a stack below the system's temporary folder. To be closed by the caller, whatever happens. */
export async function startTestStack(options: TestStackOptions = {}): Promise<TestStack> {
  const parent = mkdtempSync(join(tmpdir(), 'attune-e2e-'));
  const dataDir = join(parent, 'data');
  shareBundles(dataDir);
  const practiceLog = join(parent, 'practice.log');
  const attached = options.own === true ? null : await attach();
  const env = { ...BARE_ENV, ...attached?.env, PRACTICE_LOG: practiceLog, ...options.env };
  const events: StackEvent[] = [];
  const opened: Cli[] = [];
  const remove = async (): Promise<void> => {
    await resetStack(dataDir);
    await attached?.drop();
    rmSync(parent, { recursive: true, force: true });
  };
  const onEvent = (event: StackEvent): void => void events.push(event);
  const pidOf = (part: PartName): number => readRecord(layoutOf(dataDir))[part]!.pid;
  const abandon = endWithThisProcess(dataDir);
  const stack = await startStack({ dataDir, env, cwd: CLONE, onEvent }).catch(async (error) => {
    abandon();
    await remove();
    throw error;
  });
  return {
    stack,
    dataDir,
    events,
    practiceLog,
    cli(shell = {}) {
      const all = { ...BARE_ENV, ATTUNE_DATA: dataDir, ...shell };
      const cli = createCli(readEnvironment(all), true);
      opened.push(cli);
      return cli;
    },
    kill: (part) => process.kill(pidOf(part), 'SIGKILL'),
    hold(part) {
      const pid = pidOf(part);
      process.kill(pid, 'SIGSTOP');
      return () => process.kill(pid, 'SIGCONT');
    },
    async close() {
      abandon();
      await Promise.all(opened.map((cli) => cli.connections.close()));
      await stack.stop();
      for (const identity of Object.values(readRecord(layoutOf(dataDir))))
        await endProcess(identity, []);
      await remove();
    },
  };
}

const leave = (): never => process.exit(1);

/** Kills the parts when this process is ended from outside, as the test runner does at a time limit. Answers how to call that off. */
function endWithThisProcess(dataDir: string): () => void {
  const kill = (): void => {
    for (const { pid } of Object.values(readRecord(layoutOf(dataDir))))
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        continue;
      }
  };
  process.once('exit', kill);
  process.once('SIGTERM', leave);
  return () => {
    process.off('exit', kill);
    process.off('SIGTERM', leave);
  };
}

/** A database and a namespace of its own on the services of the test run: task queues have fixed names, so stacks share no namespace. */
async function attach() {
  const { temporal } = await startTestServices();
  const database = await createTestDatabase();
  const namespace = `e2e-${randomBytes(6).toString('hex')}`;
  const made = spawnSync(
    temporal.cli,
    ['operator', 'namespace', 'create', '--namespace', namespace, '--address', temporal.address],
    { encoding: 'utf8', timeout: 20_000 },
  );
  if (made.status !== 0) throw new Error(`namespace ${namespace}: ${made.stdout}${made.stderr}`);
  return {
    env: {
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporal.address,
      TEMPORAL_NAMESPACE: namespace,
    },
    drop: database.drop,
  };
}

/** One workflow bundle for all stacks of a test run: each would take seconds to make its own. */
function shareBundles(dataDir: string): void {
  const shared = join(tmpdir(), `attune-e2e-bundles-${userInfo().uid}`);
  mkdirSync(shared, { recursive: true, mode: 0o700 });
  mkdirSync(dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  symlinkSync(shared, join(dataDir, 'bundles'));
}
