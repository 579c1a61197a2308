import { join } from 'node:path';
import type { ProcessIdentity } from './identity.ts';
import type { Launch, Running } from './launch.ts';
import type { Layout } from './layout.ts';
import type { PartName, StackEvent } from './part.ts';
import { type OwnPart, type Programs, programLaunch } from './programs.ts';
import { createRecord } from './record.ts';
import { type Supervised, supervise } from './supervise.ts';

export type AssemblyOptions = {
  readonly layout: Layout;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly owner: ProcessIdentity;
  readonly programs: Programs;
  readonly log: (line: string) => void;
  readonly onEvent: (event: StackEvent) => void;
  readonly onFailed: (part: PartName, reason: string) => void;
};

/** What the parts of one stack share while it is put together: its folders, and who watches over the processes. */
export type Assembly = AssemblyOptions & {
  readonly start: (
    part: PartName,
    describe: (port: number | undefined) => Launch,
  ) => Promise<Running>;
  /** Starts a program of ours in the working folder, with its log in the logs folder. */
  readonly startProgram: (part: OwnPart, env: NodeJS.ProcessEnv, port?: number) => Promise<Running>;
  /** Aborted as soon as the stack is to end. */
  readonly signal: AbortSignal;
  /** Ends all, also what is still starting. The database goes last of those that write to it. */
  readonly stop: () => Promise<void>;
};

export function createAssembly(options: AssemblyOptions): Assembly {
  const record = createRecord(options.layout);
  const parts: Supervised[] = [];
  const ending = new AbortController();
  let stopping: Promise<void> | undefined;

  const start: Assembly['start'] = async (part, describe) => {
    const begun = performance.now();
    const { onEvent, onFailed } = options;
    const supervised = supervise({ part, launch: describe, record, onEvent, onFailed });
    if (ending.signal.aborted) await supervised.stop();
    parts.push(supervised);
    const running = await supervised.start();
    onEvent({ kind: 'ready', part, ms: Math.round(performance.now() - begun) });
    return running;
  };

  const startProgram: Assembly['startProgram'] = (part, env, first) => {
    const { cwd, layout, programs } = options;
    const logFile = join(layout.logs, `${part}.log`);
    return start(part, (port = first) =>
      programLaunch(part, programs[part], { env, cwd, logFile, port }),
    );
  };

  const stopAll = async (): Promise<void> => {
    ending.abort();
    options.onEvent({ kind: 'stopping' });
    const temporal = parts.filter(({ part }) => part === 'temporal').map((part) => part.stop());
    const ours = parts.filter(({ part }) => part !== 'temporal' && part !== 'postgres');
    await Promise.all(ours.map((part) => part.stop()));
    await Promise.all(parts.filter(({ part }) => part === 'postgres').map((part) => part.stop()));
    await Promise.all(temporal);
    options.onEvent({ kind: 'stopped' });
  };
  return {
    ...options,
    signal: ending.signal,
    start,
    startProgram,
    stop: () => (stopping ??= stopAll()),
  };
}
