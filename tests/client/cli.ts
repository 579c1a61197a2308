import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readEnvironment } from '../../client/environment.ts';
import { runCommand } from '../../client/run.ts';

const main = fileURLToPath(new URL('../../client/main.ts', import.meta.url));

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string };
export type RunOptions = {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Called with what stderr says so far; answering true sends SIGINT, once. */
  readonly interruptWhen?: (err: string) => boolean;
  /** Nobody reads stdout, as after `head` has its lines. */
  readonly readerGoes?: boolean;
};

/** Variables of the machine that would change what a command does. */
const OURS = /^(ATTUNE_|OPENAI_|TEMPORAL_|DATABASE_URL$|NO_COLOR$|FORCE_COLOR$|NODE_TEST_CONTEXT$)/;

/** The machine's own variables without ours; a data folder where no stack runs. */
function bareEnvironment(dataDir: string): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(([key]) => !OURS.test(key));
  return { ...Object.fromEntries(inherited), ATTUNE_DATA: dataDir, USER: 'tester' };
}

/** Runs `attune <args>` in this process: a second less than `attune`, for commands that need no process of their own. */
export async function attuneHere(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const dataDir = mkdtempSync(join(tmpdir(), 'attune-cli-'));
  let [out, err] = ['', ''];
  const screen = {
    out: (text: string): void => void (out += text),
    err: (text: string): void => void (err += text),
  };
  const all = { ...bareEnvironment(dataDir), ...env };
  const code = await runCommand({ env: readEnvironment(all), args, version: '0', screen });
  rmSync(dataDir, { recursive: true, force: true });
  return { code, out, err };
}

/** Runs `attune <args>` as a process of its own, with no stack unless `env` names one. */
export async function attune(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const dataDir = mkdtempSync(join(tmpdir(), 'attune-cli-'));
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...bareEnvironment(dataDir), ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err, interrupted] = ['', '', false];
  if (options.readerGoes === true) child.stdout.destroy();
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    if (interrupted || options.interruptWhen?.(err) !== true) return;
    interrupted = true;
    child.kill('SIGINT');
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (given) => resolve(given));
  });
  rmSync(dataDir, { recursive: true, force: true });
  return { code, out, err };
}
