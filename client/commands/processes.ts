import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { dataDirOf, findTemporal, readStack } from '../../stack/index.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { reachable } from '../running/reach.ts';

const ROLES = ['worker', 'agent'] as const;
const programOf = (path: string): string =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** worker, server, temporal: single processes in the foreground, with the addresses of the stack or of the environment. */
export function addProcesses(program: Command, act: Act): void {
  verb(
    program,
    'worker',
    'run one worker process: workflows and model work, or user code (--role agent)',
  )
    .option('--role <role>', 'worker or agent', 'worker')
    .action(
      act<[{ role: string }]>(async (cli, { role }) => {
        if (!ROLES.some((known) => known === role))
          throw new InvalidInputError([
            { at: '--role', message: `\`${role}\` is none of ${ROLES.join(', ')}` },
          ]);
        return runNode(cli, programOf('worker/main.ts'), [role]);
      }),
    );

  verb(
    program,
    'server',
    'run the HTTP server (labels, sessions) by itself; PORT names its port',
  ).action(act<[object]>((cli) => runNode(cli, programOf('server/main.ts'), [])));

  program
    .command('temporal')
    .description("Temporal's own command line, with the address of the stack set")
    .argument('[args...]', 'passed on as they are')
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption(false)
    .action(
      act<[readonly string[], object]>(async (cli, args) => {
        const dataDir = dataDirOf(cli.env.all);
        const info = readStack(dataDir);
        if (info === undefined && !cli.env.TEMPORAL_ADDRESS)
          cli.note(
            `note: no stack runs on ${dataDir}, so the address is that of Temporal's own settings; \`npx attune up\` starts a stack`,
          );
        const cliPath = info?.temporal.cli ?? (await findTemporal({ env: cli.env.all })).path;
        return runProgram(cliPath, args, reachable(cli.env));
      }),
    );
}

const runNode = (cli: Cli, file: string, args: readonly string[]): Promise<ExitCode> =>
  runProgram(process.execPath, [...process.execArgv, file, ...args], reachable(cli.env));

const stay = (): void => {};

/** Runs a program on our own terminal to its end. Signals sent to us reach it too; its failure is ours. */
function runProgram(
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ExitCode> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', env });
    const pass = (): void => void child.kill('SIGTERM');
    process.on('SIGINT', stay).on('SIGTERM', pass);
    child.once('error', reject);
    child.once('exit', (code) => {
      process.off('SIGINT', stay).off('SIGTERM', pass);
      resolve(code === 0 ? EXIT.done : code === EXIT.invalid ? EXIT.invalid : EXIT.internal);
    });
  });
}
