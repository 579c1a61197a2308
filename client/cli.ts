import type { Command } from 'commander';
import { InvalidInputError } from '../contracts/invalid-input.ts';
import { type Connections, openConnections } from './connections.ts';
import type { Environment } from './environment.ts';
import { exitOfError } from './errors.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { errorText } from './terminal/failure.ts';

/** What every command is given. */
export type Cli = {
  readonly env: Environment;
  readonly json: boolean;
  readonly connections: Connections;
  /** The answer of a command, on stdout: as JSON, or as a person reads it. */
  print(value: unknown, text: () => string): void;
  /** A remark on stderr; left out under --json. */
  note(text: string): void;
};

type Body<Args extends readonly unknown[]> = (cli: Cli, ...args: Args) => Promise<ExitCode | void>;

/** Makes a commander action of a command: opens nothing by itself, closes what was opened, turns errors into exit codes. */
export type Act = <Args extends readonly unknown[]>(
  body: Body<Args>,
) => (...args: [...Args, Command]) => Promise<void>;

/** Where a command writes: the answer to `out`, everything else to `err`. */
export type Screen = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
};

/** The streams of the process. */
export const PROCESS: Screen = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

/** A command's surroundings as they are now: the running stack is looked for once. */
export const createCli = (env: Environment, json: boolean): Cli => cliOn(PROCESS, { env, json });

const cliOn = (screen: Screen, { env, json }: Pick<Cli, 'env' | 'json'>): Cli => ({
  env,
  json,
  connections: openConnections(env),
  print: (value, text) => screen.out(`${json ? JSON.stringify(value, null, 2) : text()}\n`),
  note: (text) => void (json || screen.err(`${text}\n`)),
});

export type ActOptions = {
  readonly screen?: Screen;
  /** Told the exit code of the command that ran. */
  readonly onExit: (code: ExitCode) => void;
};

export function createAct(env: Environment, { screen = PROCESS, onExit }: ActOptions): Act {
  return (body) =>
    async (...given) => {
      const command = given.at(-1) as Command;
      const json = command.optsWithGlobals<{ json?: boolean }>().json === true;
      const cli = cliOn(screen, { env, json });
      try {
        onExit((await body(cli, ...dropLast(given))) ?? EXIT.done);
      } catch (error) {
        screen.err(`${errorText(withOptions(error, command), json)}\n`);
        onExit(exitOfError(error));
      } finally {
        await cli.connections.close();
      }
    };
}

/** Faults of fields with the names that the options of the command have for them. */
function withOptions(error: unknown, command: Command): unknown {
  if (!(error instanceof InvalidInputError)) return error;
  const faults = error.faults.map((fault) => {
    const [field] = fault.at.split('.');
    const option = command.options.find((one) => one.attributeName() === field);
    return option === undefined ? fault : { ...fault, at: option.long ?? fault.at };
  });
  return new InvalidInputError(faults, error.hint);
}

// Commander calls with the arguments, the options, and the command itself last.
const dropLast = <Args extends readonly unknown[]>(given: readonly [...Args, Command]): Args =>
  given.slice(0, -1) as unknown as Args;

/** A verb of a noun; every one takes --json. */
export const verb = (parent: Command, signature: string, description: string): Command =>
  parent.command(signature).description(description).option('--json', 'print the answer as JSON');

/** A noun, which only groups its verbs. */
export const noun = (program: Command, name: string, description: string): Command =>
  program.command(name).description(description);
