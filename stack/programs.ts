import { resolve } from 'node:path';
import type { Launch } from './launch.ts';
import { CLONE } from './layout.ts';
import type { PartName } from './part.ts';
import { dividedForHandover, environmentOf } from './parts/environments.ts';

export type OwnPart = Exclude<PartName, 'postgres' | 'temporal'>;

export type ProgramOptions = {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  readonly logFile: string;
  readonly port?: number | undefined;
};

/** The first start of the worker bundles the workflows, on a machine that may be busy. */
const READY_WITHIN_MS = 90_000;

/** Flags of Node for the processes that carry many calls: a larger young generation, so that a call's garbage seldom
 * grows old, and an old one that is swept before it is large. */
const FLAGS = ['--max-semi-space-size=64', '--heap-growing-percent=40'];

/** No signal opens a debugger; and what no other process is to see comes over a pipe. */
const CLOSED = ['--disable-sigusr1', '--import', resolve(CLONE, 'stack', 'handed.ts')];

/** The programs of ours, below the root of the clone. */
export type Programs = Readonly<Record<OwnPart, readonly [file: string, ...args: string[]]>>;
export const PROGRAMS: Programs = {
  practice: ['practice/main.ts'],
  worker: ['worker/main.ts', 'worker'],
  agent: ['worker/main.ts', 'agent'],
  server: ['server/main.ts'],
};

/** How to start a process of ours: Node runs its TypeScript as it is. PORT is the one it had before, else 0. */
export function programLaunch(
  part: OwnPart,
  [file, ...args]: Programs[OwnPart],
  options: ProgramOptions,
): Launch {
  const { env, cwd, logFile, port = 0 } = options;
  const { shown, handed } = dividedForHandover(environmentOf(part, env));
  return {
    name: part,
    command: process.execPath,
    args: [
      ...(part === 'worker' || part === 'agent' ? FLAGS : []),
      ...CLOSED,
      resolve(CLONE, file),
      ...args,
    ],
    env: { ...shown, PORT: String(port), ATTUNE_ROLE: part, NODE_TEST_CONTEXT: undefined },
    input: JSON.stringify({ ...handed, PORT: String(port) }),
    cwd,
    logFile,
    ready: 'json-line',
    readyWithinMs: READY_WITHIN_MS,
  };
}
