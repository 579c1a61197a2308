import type { Command } from 'commander';
import { type Cycle, listCycles } from '../../db/cycles/cycles.ts';
import { listPhases } from '../../db/cycles/phases.ts';
import { findWatch, type Watch } from '../../db/cycles/watches.ts';
import { abortOnSignals } from '../../stack/index.ts';
import { type Act, type Cli, noun, verb } from '../cli.ts';
import { exitOfWatched, printReport } from '../cycle/ending.ts';
import { findCycle } from '../cycle/find.ts';
import { uiLink } from '../cycle/links.ts';
import { writeText } from '../files/write.ts';
import { poolCycle } from '../cycle/pool.ts';
import { watchStanding } from '../cycle/promotion-watch.ts';
import { readReport } from '../cycle/read-report.ts';
import { type CycleName, workflowIdOf } from '../cycle/reference.ts';
import { ensureRunning, startCycle } from '../cycle/start.ts';
import { watchCycle } from '../cycle/watch.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { NotFoundError } from '../errors.ts';
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

/** cycle start, list, show, watch, report, and the messages to a running one. */
export function addCycle(program: Command, act: Act): void {
  const cycle = noun(
    program,
    'cycle',
    'evaluate, label, align, optimize, gate, promote: one durable run',
  );

  verb(cycle, 'start <spec>', 'check a spec, import what it names, and start its next cycle')
    .option('--watch', 'follow it to its end')
    .action(
      act<[string, Starting]>(async (cli, spec, { watch }) => {
        return begun(cli, await startCycle(cli, readSpec(spec)), watch === true);
      }),
    );

  verb(cycle, 'resume [cycle]', 'start a failed cycle again: it goes on from what is stored')
    .option('--watch', 'follow it to its end')
    .action(
      act<[string | undefined, Starting]>(async (cli, reference, { watch }) => {
        const { project, cycle: name, number } = await resumeCycle(cli, reference);
        return begun(cli, { project, cycle: name, number }, watch === true);
      }),
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

  verb(
    cycle,
    'pool <cycle>',
    'gate the finalist of an inconclusive cycle again, with fresh conversations beside its own: the next look',
  )
    .option('--watch', 'follow it to its end')
    .action(
      act<[string, Starting]>(async (cli, reference, { watch }) => {
        return begun(cli, await poolCycle(cli, await findCycle(cli, reference)), watch === true);
      }),
    );

  verb(cycle, 'list [name]', 'all cycles, newest first').action(
    act<[string | undefined, object]>(async (cli, name) => {
      const { project } = cli.connections;
      const cycles = await listCycles(await cli.connections.database(), {
        project,
        ...(name !== undefined && { cycle: name }),
      });
      cli.print(cycles.map(summary), () =>
        table(['cycle', 'started', 'phase', 'outcome', 'verdict'], cycles.map(rowOf)),
      );
    }),
  );

  verb(cycle, 'show [cycle]', 'one cycle: versions, phases and what each came to').action(
    act<[string | undefined, object]>(async (cli, reference) => {
      const found = await findCycle(cli, reference);
      const phases = await listPhases(await cli.connections.database(), found);
      const watch = await findWatch(await cli.connections.database(), found);
      cli.print({ ...summary(found), spec: found.spec, phases, watch }, () =>
        [shown(found, phases), ...(watch === null ? [] : [watchLine(watch)])].join('\n'),
      );
    }),
  );

  verb(
    cycle,
    'report [cycle]',
    "a cycle's report: verdict, intervals, judge, prompt diff, spend; the exit code is its outcome's",
  )
    .option('--html <file>', 'write it as a page of its own')
    .action(
      act<[string | undefined, Reporting]>(async (cli, reference, { html }) => {
        const name = await findCycle(cli, reference);
        if (html === undefined) return printReport(cli, name);
        const report = await readReport(cli, name);
        if (report === null)
          throw new NotFoundError(
            `a report of ${workflowIdOf(name)}`,
            'A cycle writes it when it ends.',
          );
        writeText(html, reportPage(report));
        cli.print({ file: html }, () => `Wrote ${html}.`);
        return EXIT.done;
      }),
    );

  addGateExport(cycle, act);
  addCycleMessages(cycle, act);
}

/** What a command that sets a cycle going answers: how to watch it, or how it ended. */
async function begun(cli: Cli, name: CycleName, watch: boolean): Promise<ExitCode> {
  if (watch) return follow(cli, name);
  const id = workflowIdOf(name);
  cli.print(
    { id, ...name, link: uiLink(cli.env, id) },
    () => `Watch it with: npx attune cycle watch ${id}`,
  );
  return EXIT.done;
}

/** A cycle under way is left as it is. @throws InvalidInputError where it has ended */
async function resumeCycle(cli: Cli, reference: string | undefined): Promise<Cycle> {
  const found = await findCycle(cli, reference);
  if (found.state === 'ended') {
    const message = `it ended as ${found.outcome ?? 'refused'}, and nothing is left to go on with`;
    throw new InvalidInputError([{ at: workflowIdOf(found), message }], START_NEXT);
  }
  await ensureRunning(cli, found);
  return found;
}

const START_NEXT = 'The next cycle is started with: npx attune cycle start <spec>';

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

const summary = (cycle: Cycle) => ({
  id: workflowIdOf(cycle),
  cycle: cycle.cycle,
  number: cycle.number,
  state: cycle.state,
  phase: cycle.phase,
  outcome: cycle.outcome,
  verdict: cycle.verdict,
  note: cycle.note,
  dataset: cycle.datasetVersion,
  judge: cycle.judge,
  incumbent: cycle.incumbent,
  finalist: cycle.finalist,
  createdAt: cycle.createdAt,
  endedAt: cycle.endedAt,
});

const rowOf = (cycle: Cycle): readonly string[] => [
  workflowIdOf(cycle),
  cycle.createdAt,
  cycle.state === 'running' ? (cycle.phase ?? 'starting') : cycle.state,
  cycle.outcome ?? '-',
  cycle.verdict ?? '-',
];

const watchLine = (watch: Watch): string =>
  `watch: ${watchStanding(watch)}${watch.why === null ? '' : `: ${visible(watch.why)}`}`;

type Phases = Awaited<ReturnType<typeof listPhases>>;

/** What a cycle without an outcome came to is its note: refused, or failed. */
const standing = ({ state, phase, outcome, note }: Cycle): string =>
  outcome ?? (state === 'running' ? (phase ?? 'starting') : `${state}: ${visible(note ?? '')}`);

function shown(cycle: Cycle, phases: Phases): string {
  const incumbents = Object.entries(cycle.incumbent).map(([name, number]) => `${name}@${number}`);
  return [
    `${bold(workflowIdOf(cycle))}  ${standing(cycle)}`,
    `dataset ${cycle.datasetVersion}, judge ${cycle.judge} (base ${cycle.baseJudge}), incumbent ${incumbents.join(', ')}`,
    table(
      ['phase', 'took', 'calls', 'price', 'note'],
      phases.map((row) => [
        row.phase,
        row.endedAt === null
          ? 'running'
          : span(Date.parse(row.endedAt) - Date.parse(row.startedAt)),
        String(row.calls),
        usd(row.price),
        visible(row.note),
      ]),
    ),
  ].join('\n');
}
