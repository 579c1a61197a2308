import { readFileSync } from 'node:fs';
import { readEnvironment } from './environment.ts';
import { exitOfError } from './errors.ts';
import type { ExitCode } from './exit.ts';
import { runCommand } from './run.ts';
import { errorText } from './terminal/failure.ts';

/** Composition root of the command line: environment in, one command, exit code out. */
export async function main(): Promise<ExitCode> {
  const packageFile = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(packageFile) as { version: string };
  const args = process.argv.slice(2);
  try {
    return await runCommand({ env: readEnvironment(process.env), args, version });
  } catch (error) {
    process.stderr.write(`${errorText(error, args.includes('--json'))}\n`);
    return exitOfError(error);
  }
}
