import type { Command } from 'commander';
import { abortOnSignals, dataDirOf, readStack, type Stack } from '../../stack/index.ts';
import { type Act, type Cli, createCli, verb } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { addressesText } from '../running/addresses.ts';
import { startHere } from '../running/up.ts';
import { demo } from './demo.ts';

type Options = { exit?: boolean; again?: boolean };

/** start (npm start): up, then demo. On a terminal the stack stays up until Ctrl-C; elsewhere, as in CI, it ends as with --exit. */
export function addStart(program: Command, act: Act): void {
  verb(
    program,
    'start',
    'up, then demo; on a terminal the stack stays up until Ctrl-C, elsewhere as with --exit',
  )
    .option('--exit', "stop the stack after the cycle and end with the cycle's exit code")
    .option('--again', 'start the next cycle when the last one has ended')
    .action(
      act<[Options]>(async (cli, options) => {
        const signals = abortOnSignals();
        try {
          return await start(cli, { ...options, signal: signals.signal });
        } finally {
          signals.dispose();
        }
      }),
    );
}

async function start(
  cli: Cli,
  { exit, again, signal }: Options & { readonly signal: AbortSignal },
): Promise<ExitCode> {
  const running = readStack(dataDirOf(cli.env.all));
  if (running !== undefined) {
    cli.note('A stack runs already; it is used as it is and left running.');
    return demo(cli, { again: again === true, signal });
  }
  const stack = await startHere(cli, signal);
  cli.note(addressesText(stack.info));
  try {
    return await onStack({
      cli,
      stack,
      again: again === true,
      stay: exit !== true && process.stdin.isTTY,
      signal,
    });
  } finally {
    await stack.stop();
  }
}

const LEFT = 'The cycle is not lost: the next `npm start` goes on with it.';

type OnStack = {
  readonly cli: Cli;
  readonly stack: Stack;
  readonly again: boolean;
  readonly stay: boolean;
  readonly signal: AbortSignal;
};

async function onStack({ cli, stack, again, stay, signal }: OnStack): Promise<ExitCode> {
  // The addresses are known only now.
  const inside = createCli(cli.env, cli.json);
  try {
    const code = await demo(inside, { again, signal, left: LEFT });
    if (!stay || signal.aborted) return code;
  } finally {
    await inside.connections.close();
  }
  cli.note(`\nThe stack stays up; Ctrl-C stops it.\n${addressesText(stack.info)}`);
  const end = await stack.ended;
  if (end.reason === 'stopped') return EXIT.done;
  process.stderr.write(`attune: ${end.message}\n`);
  return EXIT.internal;
}
