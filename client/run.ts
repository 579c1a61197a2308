import { CommanderError } from 'commander';
import { createAct, PROCESS, type Screen } from './cli.ts';
import type { Environment } from './environment.ts';
import { UsageError } from './errors.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { createProgram } from './program.ts';
import { errorText } from './terminal/failure.ts';

export type Run = {
  readonly env: Environment;
  /** What stands after `attune`. */
  readonly args: readonly string[];
  readonly version: string;
  /** The process's own stdout and stderr unless given. */
  readonly screen?: Screen;
};

/** Runs one command line to its exit code. */
export async function runCommand({ env, args, version, screen = PROCESS }: Run): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const onExit = (given: ExitCode): void => void (code = given);
  const act = createAct(env, { onExit, screen });
  // What is wrong with the words of a command is known before its options are.
  const json = args.includes('--json');
  const said = json ? { ...screen, err: () => undefined } : screen;
  try {
    await createProgram({ act, version, screen: said }).parseAsync(args, { from: 'user' });
    return code;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help and version end by an error of their own; commander has already said as text what was wrong with everything else.
    if (error.exitCode === 0) return EXIT.done;
    if (json) screen.err(`${errorText(usageOf(error), json)}\n`);
    return EXIT.invalid;
  }
}

function usageOf({ message }: CommanderError): UsageError {
  const [first = '', ...hints] = message.replace(/^error: /, '').split('\n');
  return new UsageError(first, hints.length === 0 ? null : hints.join('\n'));
}
