/** Composition root of the command line: environment in, one command, exit code out. */
import { readFileSync } from 'node:fs';
import { readEnvironment } from './environment.ts';
import { exitOfError } from './errors.ts';
import { runCommand } from './run.ts';
import { errorText } from './terminal/failure.ts';

const packageFile = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
const { version } = JSON.parse(packageFile) as { version: string };
const args = process.argv.slice(2);

try {
  process.exitCode = await runCommand({ env: readEnvironment(process.env), args, version });
} catch (error) {
  process.stderr.write(`${errorText(error, args.includes('--json'))}\n`);
  process.exitCode = exitOfError(error);
}
