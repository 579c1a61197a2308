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
  for (const stream of [process.stdout, process.stderr]) stream.on('error', letReaderGo);
  try {
    return await runCommand({ env: readEnvironment(process.env), args, version });
  } catch (error) {
    process.stderr.write(`${errorText(error, args.includes('--json'))}\n`);
    return exitOfError(error);
  }
}

// `attune ... | head` reads a few lines and goes: what was begun is done to its end, with its own exit code.
function letReaderGo(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}
