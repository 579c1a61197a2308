/** Composition root of the command line: environment in, one command, exit code out. */
import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { createAct } from './cli.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { exitOfError } from './errors.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { createProgram } from './program.ts';
import { printError } from './terminal/failure.ts';

const packageFile = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
const { version } = JSON.parse(packageFile) as { version: string };

async function run(env: Environment, args: readonly string[]): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const act = createAct(env, (given) => (code = given));
  try {
    await createProgram(act, version).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    // Help and version end by an error of their own; commander has already said what was wrong with everything else.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.invalid;
    throw error;
  }
}

try {
  process.exitCode = await run(readEnvironment(process.env), process.argv.slice(2));
} catch (error) {
  printError(error, process.argv.includes('--json'));
  process.exitCode = exitOfError(error);
}
