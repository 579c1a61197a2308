import type { Command } from 'commander';
import { abortOnSignals, dataDirOf, resetStack, stopStack } from '../../stack/index.ts';
import { type Act, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { EXIT } from '../exit.ts';
import { addressesText, publicInfo } from '../running/addresses.ts';
import { eventLine } from '../running/events.ts';
import { startDetached, startHere } from '../running/up.ts';

/** up, stop, reset: the embedded stack and its data. */
export function addStack(program: Command, act: Act): void {
  verb(
    program,
    'up',
    'start PostgreSQL, Temporal, the model, the workers and the server; Ctrl-C stops them',
  )
    .option('--detach', 'leave it running in the background and return when it is up')
    .action(
      act<[{ detach?: boolean }]>(async (cli, { detach }) => {
        if (detach === true) {
          const info = await startDetached(cli);
          cli.print(
            publicInfo(info),
            () => `The stack is up.\n${addressesText(info)}\nnpx attune stop ends it.`,
          );
          return EXIT.done;
        }
        const signals = abortOnSignals();
        const stack = await startHere(cli, signals.signal);
        cli.print(
          publicInfo(stack.info),
          () => `The stack is up.\n${addressesText(stack.info)}\nCtrl-C stops it.`,
        );
        const end = await stack.ended;
        signals.dispose();
        if (end.reason === 'stopped') return EXIT.done;
        process.stderr.write(`attune: ${end.message}\n`);
        return EXIT.internal;
      }),
    );

  verb(
    program,
    'stop',
    'stop the stack of this data folder, and what a killed one left running',
  ).action(
    act<[object]>(async (cli) => {
      const stopped = await stopStack(dataDirOf(cli.env.all), (event) => {
        const line = eventLine(event);
        if (line !== null) cli.note(line);
      });
      cli.print(stopped, () =>
        stopped.stopped ? 'The stack is stopped.' : 'No stack was running.',
      );
    }),
  );

  verb(
    program,
    'reset',
    'delete the data folder: every dataset, prompt, label, reply and report in it',
  )
    .option('--yes', 'really delete')
    .action(
      act<[{ yes?: boolean }]>(async (cli, { yes }) => {
        const dataDir = dataDirOf(cli.env.all);
        if (yes !== true)
          throw new InvalidInputError(
            [{ at: '--yes', message: `is needed to delete ${dataDir} with everything in it` }],
            'Nothing was deleted.',
          );
        await resetStack(dataDir);
        cli.print({ deleted: dataDir }, () => `Deleted ${dataDir}.`);
      }),
    );
}
