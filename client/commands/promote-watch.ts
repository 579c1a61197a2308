import type { Command } from 'commander';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { trafficLine } from '../../contracts/watch.ts';
import type { Watch } from '../../db/cycles/watches.ts';
import type { InputOf } from '../../operations/operation.ts';
import { listWatches } from '../../operations/watch/list.ts';
import { recordTraffic } from '../../operations/watch/record.ts';
import { showWatch } from '../../operations/watch/show.ts';
import { startWatch } from '../../operations/watch/start.ts';
import { stopWatch } from '../../operations/watch/stop.ts';
import { type Act, type Cli, noun } from '../cli.ts';
import { watchedText } from '../cycle/promotion-watch.ts';
import { EXIT } from '../exit.ts';
import { readJsonLines } from '../files/json-lines.ts';
import { inputOf, operate, operateAll, verbOf } from '../operate.ts';
import { count } from '../terminal/figures.ts';
import { visible } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

type Starting = Omit<InputOf<typeof startWatch>, 'cycle'>;

/** promote watch start, show, list, record, stop: what became of a promotion. */
export function addPromoteWatch(promote: Command, act: Act): void {
  const watch = noun(promote, 'watch', 'watch a promotion, and roll back what is worse');

  verbOf(watch, startWatch, { words: '[cycle]' }).action(
    act<[string | undefined, Starting]>(async (cli, reference, given) => {
      const made = await operate(cli, startWatch, { cycle: reference, ...inputOf(given) });
      const { cycle, policy } = made;
      cli.print(
        made,
        () =>
          `Watching ${cycle} for ${policy.window}: rolled back at E >= ${1 / policy.alpha}. See it with: npx attune promote watch show ${cycle}`,
      );
    }),
  );

  verbOf(watch, showWatch, { words: '[cycle]' })
    .addHelpText('after', '\nIt ends with 3 when the watch rolled back, with 1 when it failed.')
    .action(
      act<[string | undefined, object]>(async (cli, reference) => {
        const found = await operate(cli, showWatch, { cycle: reference });
        cli.print(found, () => watchedText(found));
        if (found.state === 'failed') return EXIT.internal;
        return found.outcome === 'rolled-back' ? EXIT.failed : EXIT.done;
      }),
    );

  verbOf(watch, listWatches).action(
    act<[object]>(async (cli) => {
      const rows = await operateAll<Watch>(cli, listWatches);
      cli.print(rows, () =>
        table(
          ['cycle', 'started', 'state', 'outcome', 'why'],
          rows.map((row) => [
            row.cycle,
            row.startedAt,
            row.state,
            row.outcome ?? '-',
            visible(row.why ?? ''),
          ]),
        ),
      );
    }),
  );

  verbOf(watch, recordTraffic, { words: '<cycle> <file>', without: ['lines'] }).action(
    act<[string, string, object]>(record),
  );

  verbOf(watch, stopWatch, { words: '<cycle>' }).action(
    act<[string, object]>(async (cli, reference) => {
      const answer = await operate(cli, stopWatch, { cycle: reference });
      cli.print(answer, () => `Asked ${answer.stopping} to end.`);
    }),
  );
}

async function record(cli: Cli, cycle: string, file: string): Promise<void> {
  const lines = readJsonLines(file, trafficLine).map(({ value }) => value);
  if (lines.length === 0) throw new InvalidInputError([{ at: file, message: 'holds no line' }]);
  const answer = await operate(cli, recordTraffic, { cycle, lines });
  const { recorded, known } = answer;
  cli.print(
    answer,
    () =>
      `${count(recorded, 'observation')} recorded, ${lines.length - recorded} of conversations that have one; ${known} in all.`,
  );
}
