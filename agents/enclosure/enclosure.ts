import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { tmpdir } from 'node:os';
import { agentAccount, openToAll } from './account.ts';
import { LANDLOCK, landlocked } from './landlock.ts';
import {
  anotherUser,
  anotherUserApart,
  type Hiding,
  sameUserApart,
  withoutPowers,
} from './namespaces.ts';

/** What user code is kept from here; each is true only where it was tried and held. */
export type Promises = {
  /** It runs as another user than Attune. */
  readonly anotherUser: boolean;
  /** It sees no process of Attune's: neither their environments and memory nor their open files. */
  readonly processes: boolean;
  /** It cannot read the data folder, which holds the token and the password of the database. */
  readonly files: boolean;
  /** It cannot connect to the ports of the Temporal server, which asks nobody who they are. */
  readonly ports: boolean;
};

/** How programs of the user's are started, so that they get at nothing of Attune's. */
export type Enclosure = {
  readonly promises: Promises;
  /** The command line that runs this program inside. */
  wrap(program: string, args: readonly string[]): readonly [command: string, ...args: string[]];
  /** The environment of a program inside. */
  environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv;
};

export type EnclosureOptions = Hiding & {
  /** Ports that nothing inside may connect to. */
  readonly ports: readonly number[];
  /** Files and folders that programs inside must be able to read. */
  readonly needs: readonly string[];
};

/** One way to start a program: what goes before its command line. */
type Way = {
  readonly before: readonly string[];
  readonly promises: Promises;
  readonly moved: boolean;
};

const TRIAL_MS = 10_000;
const NOTHING: Promises = { anotherUser: false, processes: false, files: false, ports: false };

/** No enclosure: user code runs as Attune does. */
export const OPEN: Enclosure = {
  promises: NOTHING,
  wrap: (program, args) => [program, ...args],
  environment: (env) => env,
};

/** Finds the strictest way this machine allows, by trying: each is run once with nothing to do, and taken only if that works. */
export async function findEnclosure(options: EnclosureOptions): Promise<Enclosure> {
  if (process.platform !== 'linux') return OPEN;
  const outer = await first(outerWays(options));
  const inner = await first(innerWays(outer, options.ports));
  const { before, promises, moved } = inner;
  if (before.length === 0) return OPEN;
  const [command = '', ...rest] = resolved(before);
  return {
    promises,
    wrap: (program, args) => [command, ...rest, program, ...args],
    environment: (env) => (moved ? { ...env, HOME: tmpdir() } : env),
  };
}

/** Users and namespaces, strictest first. Another user is of use only where it can read the code it is to run. */
function outerWays(options: EnclosureOptions): readonly Way[] {
  const needs = [process.execPath, ...options.needs];
  const account = needs.every(openToAll) ? agentAccount() : undefined;
  const self = { uid: process.getuid!(), gid: process.getgid!() };
  const apart = { ...NOTHING, processes: true, files: true };
  return [
    ...(account === undefined
      ? []
      : [
          {
            before: anotherUserApart(account, options),
            promises: { ...apart, anotherUser: true },
            moved: true,
          },
          {
            before: anotherUser(account),
            promises: { ...apart, anotherUser: true },
            moved: true,
          },
        ]),
    { before: sameUserApart(self, options), promises: apart, moved: false },
    ...(self.uid === 0 ? [{ ...PLAIN, before: withoutPowers() }] : []),
    PLAIN,
  ];
}

const PLAIN: Way = { before: [], promises: NOTHING, moved: false };

function innerWays(outer: Way, ports: readonly number[]): readonly Way[] {
  const below = (least: number, more: Partial<Promises>): readonly Way[] => {
    const lock = landlocked(least, ports);
    if (lock === undefined) return [];
    const before = [...outer.before, ...lock];
    return [{ ...outer, before, promises: { ...outer.promises, processes: true, ...more } }];
  };
  return [...below(LANDLOCK.ports, { ports: true }), ...below(LANDLOCK.apart, {}), outer];
}

async function first(ways: readonly Way[]): Promise<Way> {
  for (const way of ways.slice(0, -1)) if (await works(way)) return way;
  return ways.at(-1)!;
}

function works({ before }: Way): Promise<boolean> {
  const [command = '', ...args] = resolved(before);
  const options = { timeout: TRIAL_MS, env: { PATH: process.env['PATH'] }, cwd: '/' };
  const trial = [...args, process.execPath, '--version'];
  return new Promise((resolve) => execFile(command, trial, options, (error) => resolve(!error)));
}

/** The first word as a path: it is looked for where Attune looks, whatever the PATH inside. */
function resolved(words: readonly string[]): readonly string[] {
  const [command, ...rest] = words;
  if (command === undefined || command.startsWith('/')) return words;
  return [lookedUp(command) ?? command, ...rest];
}

/** Where a program lies, looked for as a shell does. */
export function lookedUp(name: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/bin'];
  return folders
    .map((folder) => join(folder, name))
    .find((path) => path.startsWith('/') && executable(path));
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
