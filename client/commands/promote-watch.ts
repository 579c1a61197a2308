import type { Command } from 'commander';
import { cycleKey } from '../../db/cycles/cycles.ts';
import { listObservations, listWatches, recordObservations } from '../../db/cycles/watches.ts';
import { trafficLine, watchPolicy } from '../../contracts/watch.ts';
import { weightedDifference } from '../../domain/promote/watch.ts';
import { type Act, type Cli, noun, verb } from '../cli.ts';
import { findCycle } from '../cycle/find.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { EXIT } from '../exit.ts';
import { readJsonLines } from '../files/json-lines.ts';
import { count } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';
import { visible } from '../terminal/style.ts';
import { begin, ring, stop, watchOf, type Watched, watchedText } from '../cycle/promotion-watch.ts';

type Starting = {
  dataset?: string;
  tolerance?: string;
  alpha?: string;
  window?: string;
  most?: string;
  batch?: string;
  every?: string;
};

/** promote watch start, show, list, record, stop: what became of a promotion. */
export function addPromoteWatch(promote: Command, act: Act): void {
  const watch = noun(promote, 'watch', 'watch a promotion, and roll back what is worse');

  verb(watch, 'start [cycle]', 'run fresh conversations under both prompts, side by side')
    .option('--dataset <name>', "whose fresh conversations; default the cycle's")
    .option('--tolerance <score>', 'how much worse the new prompt may be; default 0.05')
    .option('--alpha <chance>', 'chance of rolling back one that is not worse; default 0.05')
    .option('--window <duration>', 'how long; default 7d')
    .option('--most <count>', 'conversations after which it ends; default 500')
    .option('--batch <count>', 'pairs run at once; default 20')
    .option('--every <duration>', 'how often fresh ones are looked for; default 1m')
    .action(
      act<[string | undefined, Starting]>(async (cli, reference, options) => {
        const cycle = await findCycle(cli, reference);
        const { policy, workflowId } = await begin(cli, cycle, policyOf(cycle.spec.watch, options));
        cli.print(
          { watch: workflowId, policy },
          () =>
            `Watching ${cycleKey(cycle)} for ${policy.window}: rolled back at E >= ${1 / policy.alpha}. See it with: npx attune promote watch show ${cycleKey(cycle)}`,
        );
      }),
    );

  verb(
    watch,
    'show [cycle]',
    'observations, evidence and outcome; exit 3 when it rolled back, 1 when it failed',
  ).action(
    act<[string | undefined, object]>(async (cli, reference) => {
      const found = await watchOf(cli, await findCycle(cli, reference));
      cli.print(found, () => watchedText(found));
      if (found.state === 'failed') return EXIT.internal;
      return found.outcome === 'rolled-back' ? EXIT.failed : EXIT.done;
    }),
  );

  verb(watch, 'list', 'all watches, newest first').action(
    act<[object]>(async (cli) => {
      const { project } = cli.connections;
      const rows = await listWatches(await cli.connections.database(), project);
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

  verb(
    watch,
    'record <cycle> <file>',
    'scores of randomized traffic, JSONL; one a conversation',
  ).action(act<[string, string, object]>(record));

  verb(watch, 'stop <cycle>', 'end a watch; the alias stays where it stands').action(
    act<[string, object]>(async (cli, reference) => {
      const workflowId = await stop(cli, await findCycle(cli, reference));
      cli.print({ stopping: workflowId }, () => `Asked ${workflowId} to end.`);
    }),
  );
}

async function record(cli: Cli, reference: string, file: string): Promise<void> {
  const cycle = await findCycle(cli, reference);
  const { policy, ended } = await watchOf(cli, cycle);
  if (ended)
    throw new InvalidInputError([
      { at: `watch of ${cycleKey(cycle)}`, message: 'has ended; it takes no observation any more' },
    ]);
  const rows = readJsonLines(file, trafficLine);
  if (rows.length === 0) throw new InvalidInputError([{ at: file, message: 'holds no line' }]);
  const observations = rows.map(({ value: { conversation, arm, chance, score } }) => {
    const { d, scale } = weightedDifference({ score, chance, isNew: arm === 'promoted' });
    return {
      conversation,
      kind: 'traffic' as const,
      difference: d,
      tolerance: policy.tolerance / scale,
    };
  });
  const db = await cli.connections.database();
  const recorded = await recordObservations(db, cycle, observations);
  await ring(cli, cycle);
  const known = (await listObservations(db, cycle)).length;
  cli.print(
    { recorded, known },
    () =>
      `${count(recorded, 'observation')} recorded, ${rows.length - recorded} of conversations that have one; ${known} in all.`,
  );
}

function policyOf(spec: Watched['policy'] | undefined, options: Starting): Watched['policy'] {
  const numbers = ['tolerance', 'alpha', 'most', 'batch'] as const;
  const given = Object.fromEntries(
    Object.entries(options).map(([name, value]) => [
      name,
      numbers.some((number) => number === name) ? Number(value) : value,
    ]),
  );
  const { json: _json, ...fields } = given as typeof given & { json?: boolean };
  const checked = watchPolicy.safeParse({ ...spec, ...fields });
  if (checked.success) return checked.data;
  throw new InvalidInputError(
    checked.error.issues.map((issue) => ({
      at: `--${issue.path.join('.')}`,
      message: issue.message,
    })),
  );
}
