import { spawn } from 'node:child_process';

export type Outcome = { readonly ok: boolean; readonly output: string };
export type RunOptions = {
  readonly timeoutMs: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly input?: string;
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  readonly signal?: AbortSignal | undefined;
};

/**
 * Runs a program to its end, out of reach of Ctrl-C and bounded in time. Never rejects: a program that is missing or fails answers
 * `ok: false` and says why.
 */
export function runProgram(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Outcome> {
  const { timeoutMs, env = process.env, cwd, input = '', owner, signal } = options;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      env,
      cwd,
      ...owner,
      ...(signal && { signal }),
      timeout: timeoutMs,
      detached: true,
      stdio: 'pipe',
    });
    const said: Buffer[] = [];
    const output = () => Buffer.concat(said).toString('utf8').trim();
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.once('error', ({ message }) => resolve({ ok: false, output: output() || message }));
    child.once('close', (code, killed) =>
      resolve({ ok: code === 0, output: output() || `ended by ${killed ?? `exit code ${code}`}` }),
    );
  });
}
