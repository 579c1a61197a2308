import type { Command } from 'commander';
import type { Watch } from '../../db/cycles/watches.ts';
import { abortOnSignals } from '../../stack/index.ts';
import { listCycles } from '../../operations/cycle/list.ts';
import { poolCycle } from '../../operations/cycle/pool.ts';
import { shortenText } from '../../domain/evaluate/shorten.ts';
import { goOn, reportCycle } from '../../operations/cycle/report.ts';
import { resumeCycle } from '../../operations/cycle/resume.ts';
import type { Summary } from '../../operations/cycle/shapes.ts';
import { showCycle } from '../../operations/cycle/show.ts';
import { startCycle as start } from '../../operations/cycle/start.ts';
import type { OutputOf } from '../../operations/operation.ts';
import { type Act, type Cli, noun, verb } from '../cli.ts';
import { operate, operateAll, verbOf } from '../operate.ts';
import { exitOfWatched, printReport } from '../cycle/ending.ts';
import { findCycle } from '../cycle/find.ts';
import { uiLink } from '../cycle/links.ts';
import { writeText } from '../files/write.ts';
import { watchStanding } from '../cycle/promotion-watch.ts';
import { readReport } from '../cycle/read-report.ts';
import { type CycleName, workflowIdOf } from '../../operations/cycle/reference.ts';
import { startCycle } from '../cycle/start.ts';
import { watchCycle } from '../cycle/watch.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { reportPage } from '../report/page.ts';
import { readSpec } from '../spec/read.ts';
import { span, usd } from '../terminal/figures.ts';
import { bold, visible } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { addGateExport } from './cycle-export.ts';
import { addCycleMessages } from './cycle-messages.ts';

type Starting = { watch?: boolean };
type Reporting = { html?: string };
const WATCH = 'follow it to its end';

/** cycle start, list, show, watch, report, and the messages to a running one. */
export function addCycle(program: Command, act: Act): void {
  const cycle = noun(
    program,
    'cycle',
    'evaluate, label, align, optimize, gate, promote: one durable run',
  );

  verbOf(cycle, start, { words: '<spec>', without: ['rows', 'gold', 'texts', 'definitions'] })
    .option('--watch', WATCH)
    .action(
      act<[string, Starting & { force?: boolean }]>(async (cli, spec, { watch, force }) =>
        begun(
          cli,
          await startCycle(cli, readSpec(spec), { force: force === true }),
          watch === true,
        ),
      ),
    );

  verbOf(cycle, resumeCycle, { words: '[cycle]' })
    .option('--watch', WATCH)
    .action(
      act<[string | undefined, Starting]>(async (cli, reference, { watch }) =>
        begun(cli, await operate(cli, resumeCycle, { cycle: reference }), watch === true),
      ),
    );

  verb(
    cycle,
    'watch [cycle]',
    'follow a cycle (id, name/n, name; else the latest) to its end; Ctrl-C leaves it running',
  ).action(
    act<[string | undefined, object]>(async (cli, reference) =>
      follow(cli, await findCycle(cli, reference)),
    ),
  );

  verbOf(cycle, poolCycle, { words: '<cycle>' })
    .option('--watch', WATCH)
    .action(
      act<[string, Starting]>(async (cli, reference, { watch }) =>
        begun(cli, await operate(cli, poolCycle, { cycle: reference }), watch === true),
      ),
    );

  verbOf(cycle, listCycles, { words: '[name]' }).action(
    act<[string | undefined, object]>(async (cli, name) => {
      const cycles = await operateAll<Summary>(cli, listCycles, { name });
      const rows = cycles.map(rowOf);
      cli.print(cycles, () =>
        [
          table(['cycle', 'started', 'phase', 'outcome', 'verdict'], rows),
          ...cycles.filter(({ state }) => state === 'failed').map(failedLine),
        ].join('\n'),
      );
    }),
  );

  verbOf(cycle, showCycle, { words: '[cycle]' }).action(
    act<[string | undefined, object]>(async (cli, reference) => {
      const found = await operate(cli, showCycle, { cycle: reference });
      cli.print(found, () => shown(found));
    }),
  );

  verbOf(cycle, reportCycle, { words: '[cycle]' })
    .option('--html <file>', 'write it as a page of its own')
    .action(
      act<[string | undefined, Reporting]>(async (cli, reference, { html }) => {
        const name = await findCycle(cli, reference);
        if (html === undefined) return printReport(cli, name);
        writeText(html, reportPage(await readReport(cli, name)));
        cli.print({ file: html }, () => `Wrote ${html}.`);
        return EXIT.done;
      }),
    );

  addGateExport(cycle, act);
  addCycleMessages(cycle, act);
}

/** What a command that sets a cycle going answers: how to watch it, or how it ended. */
async function begun(cli: Cli, name: CycleName, watch: boolean): Promise<ExitCode> {
  const { project, cycle, number } = name;
  if (watch) return follow(cli, name);
  const id = workflowIdOf(name);
  cli.print(
    { id, project, cycle, number, link: uiLink(cli.env, id) },
    () => `Watch it with: npx attune cycle watch ${id}`,
  );
  return EXIT.done;
}

async function follow(cli: Cli, { project, cycle, number }: CycleName): Promise<ExitCode> {
  const name = { project, cycle, number };
  const signals = abortOnSignals();
  try {
    const watched = await watchCycle({ cli, name, signal: signals.signal });
    return watched.kind === 'ended'
      ? await printReport(cli, name)
      : exitOfWatched(cli, { name, watched });
  } finally {
    signals.dispose();
  }
}

const rowOf = (cycle: Summary): readonly string[] => [
  cycle.id,
  cycle.createdAt,
  cycle.state === 'running' ? (cycle.phase ?? 'starting') : cycle.state,
  cycle.outcome ?? '-',
  cycle.verdict ?? '-',
];

const failedLine = ({ id, note }: Summary): string =>
  `${id} failed: ${visible(shortenText((note ?? 'no reason is stored').split('\n')[0]!, REASON))}`;
const REASON = 200;

const watchLine = (watch: Watch): string =>
  `watch: ${watchStanding(watch)}${watch.why === null ? '' : `: ${visible(watch.why)}`}`;

/** What a cycle without an outcome came to is its note: refused, or failed. */
const standing = ({ state, phase, outcome, note }: Summary): string =>
  outcome ?? (state === 'running' ? (phase ?? 'starting') : `${state}: ${visible(note ?? '')}`);

function shown(cycle: OutputOf<typeof showCycle>): string {
  const incumbents = Object.entries(cycle.incumbent).map(([name, number]) => `${name}@${number}`);
  return [
    `${bold(cycle.id)}  ${standing(cycle)}`,
    ...(cycle.state === 'failed' ? [goOn(cycle.id)] : []),
    `dataset ${cycle.dataset}, judge ${cycle.judge} (base ${cycle.baseJudge}), incumbent ${incumbents.join(', ')}`,
    table(
      ['phase', 'took', 'calls', 'price', 'note'],
      cycle.phases.map((row) => [
        row.phase,
        row.endedAt === null
          ? 'running'
          : span(Date.parse(row.endedAt) - Date.parse(row.startedAt)),
        String(row.calls),
        usd(row.price),
        visible(row.note),
      ]),
    ),
    ...(cycle.watch === null ? [] : [watchLine(cycle.watch as unknown as Watch)]),
  ].join('\n');
}
