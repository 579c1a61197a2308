import type { Command } from 'commander';
import { abortOnSignals } from '../../stack/index.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { exitOfWatched, printReport } from '../cycle/ending.ts';
import { DEMO_SPEC, runDemo } from '../demo/run.ts';
import type { ExitCode } from '../exit.ts';

/** demo: the telecom example through one cycle, on the stack that runs. */
export function addDemo(program: Command, act: Act): void {
  verb(
    program,
    'demo',
    'take the telecom example through one cycle, labelled by a scripted reviewer',
  )
    .option('--again', 'start the next cycle when the last one has ended')
    .action(
      act<[{ again?: boolean }]>(async (cli, { again }) => {
        const signals = abortOnSignals();
        try {
          return await demo(cli, { again: again === true, signal: signals.signal });
        } finally {
          signals.dispose();
        }
      }),
    );
}

export type DemoOptions = {
  readonly again: boolean;
  readonly signal: AbortSignal;
  /** Said when the person stops looking. */
  readonly left?: string;
};

/** Runs the demo and prints the report; answers the cycle's exit code. */
export async function demo(cli: Cli, { again, signal, left }: DemoOptions): Promise<ExitCode> {
  const { name, watched } = await runDemo({ cli, spec: DEMO_SPEC, again, signal });
  if (watched !== null && watched.kind !== 'ended')
    return exitOfWatched(cli, { name, watched, ...(left !== undefined && { left }) });
  if (watched === null)
    cli.note('The last cycle has ended; this is its report. --again starts the next one.');
  return printReport(cli, name);
}
