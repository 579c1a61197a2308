import { execFile } from 'node:child_process';

export type Outcome = { readonly ok: boolean; readonly output: string };

/** Runs a program to its end, bounded in time. Never rejects: a program that is missing or fails answers `ok: false` and says why. */
export function runProgram(
  command: string,
  args: readonly string[],
  options: { readonly timeoutMs: number; readonly env?: NodeJS.ProcessEnv },
): Promise<Outcome> {
  return new Promise((resolve) => {
    const settings = {
      timeout: options.timeoutMs,
      env: options.env ?? process.env,
      maxBuffer: 10_000_000,
    };
    execFile(command, args, settings, (error, stdout, stderr) => {
      const said = `${stdout}${stderr}`.trim();
      resolve({ ok: error === null, output: error === null ? said : said || error.message });
    });
  });
}
