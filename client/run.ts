import { CommanderError } from 'commander';
import { createAct, type Screen } from './cli.ts';
import type { Environment } from './environment.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { createProgram } from './program.ts';

export type Run = {
  readonly env: Environment;
  /** What stands after `attune`. */
  readonly args: readonly string[];
  readonly version: string;
  /** The process's own stdout and stderr unless given. */
  readonly screen?: Screen;
};

/** Runs one command line to its exit code. */
export async function runCommand({ env, args, version, screen }: Run): Promise<ExitCode> {
  let code: ExitCode = EXIT.done;
  const onExit = (given: ExitCode): void => void (code = given);
  const act = createAct(env, { onExit, ...(screen && { screen }) });
  try {
    await createProgram({ act, version, ...(screen && { screen }) }).parseAsync(args, {
      from: 'user',
    });
    return code;
  } catch (error) {
    // Help and version end by an error of their own; commander has already said what was wrong with everything else.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.invalid;
    throw error;
  }
}
