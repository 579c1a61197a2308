import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fstatSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { PartFailedError } from './errors.ts';
import { type ProcessIdentity, identify } from './identity.ts';
import { readSince, rotate, tail } from './logs.ts';

/** The line a process of ours prints on stdout when it can be used. */
export const announcement = z.object({
  ready: z.literal(true),
  role: z.string(),
  port: z.int().positive().optional(),
});
export type Announcement = z.infer<typeof announcement>;

/** How to start one process. `ready` is 'json-line' (an `announcement` on stdout) or a probe that answers true once it can be used. */
export type Launch = {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** Written to its standard input, which is then closed. */
  readonly input?: string;
  readonly cwd: string;
  readonly logFile: string;
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  readonly ready: 'json-line' | (() => Promise<boolean>);
  readonly readyWithinMs: number;
};

export type Exit = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** A process that said it is ready. `exited` never rejects. */
export type Running = {
  readonly name: string;
  readonly identity: ProcessIdentity;
  readonly port: number | undefined;
  readonly exited: Promise<Exit>;
};

const POLL_MS = 20;

/**
 * Starts a process in a group of its own, so that Ctrl-C reaches only us, with stdout and stderr going to its log, and waits until it
 * is ready. `onSpawn` is called before anything is awaited. Throws PartFailedError when it ends or is not ready in time; it may then
 * still live and is the caller's to end.
 */
export async function launch(
  spec: Launch,
  onSpawn: (identity: ProcessIdentity) => void,
): Promise<Running> {
  const { child, offset } = spawnLogged(spec);
  let exit: Exit | undefined;
  let failure: Error | undefined;
  const exited = new Promise<Exit>((resolve) => {
    child.once('error', (error) => {
      failure = error;
      resolve({ code: null, signal: null });
    });
    child.once('exit', (code, signal) => resolve({ code, signal }));
  }).then((result) => (exit = result));
  const fail = (reason: string) =>
    new PartFailedError(spec.name, reason, {
      file: spec.logFile,
      tail: tail(spec.logFile, offset),
    });

  const identity = child.pid === undefined ? undefined : identify(child.pid);
  if (identity === undefined) {
    await exited;
    throw fail(failure ? `could not be started (${failure.message})` : 'ended at once');
  }
  onSpawn(identity);
  const until = performance.now() + spec.readyWithinMs;
  for (;;) {
    if (exit) throw fail(`ended before it was ready (${describeExit(exit)})`);
    const answer = await isReady(spec, offset);
    if (answer && !exit) return { name: spec.name, identity, port: answer.port, exited };
    if (performance.now() > until)
      throw fail(`was not ready within ${spec.readyWithinMs / 1000} s`);
    await sleep(POLL_MS);
  }
}

export function describeExit({ code, signal }: Exit): string {
  return signal === null ? `exit code ${code}` : `signal ${signal}`;
}

function spawnLogged(spec: Launch): { child: ChildProcess; offset: number } {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  rotate(spec.logFile);
  const log = openSync(spec.logFile, 'a', 0o600);
  const offset = fstatSync(log).size;
  try {
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      detached: true,
      stdio: [spec.input === undefined ? 'ignore' : 'pipe', log, log],
      ...spec.owner,
    });
    // A process that ended before it read is told of by its exit.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(spec.input);
    return { child, offset };
  } finally {
    closeSync(log);
  }
}

async function isReady(
  spec: Launch,
  offset: number,
): Promise<{ port?: number | undefined } | undefined> {
  if (spec.ready !== 'json-line') return (await spec.ready()) ? {} : undefined;
  const lines = readSince(spec.logFile, offset).split('\n').slice(0, -1);
  for (const line of lines) {
    if (!line.startsWith('{')) continue;
    const parsed = announcement.safeParse(parseJson(line));
    if (parsed.success) return parsed.data;
  }
  return undefined;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
