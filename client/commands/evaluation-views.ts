import type { Command } from 'commander';
import { evaluationName, namedRun, listEvaluations, usageOf } from '../../db/runs/evaluations.ts';
import { getRun } from '../../db/runs/runs.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { profileSections } from '../evaluate/profile-sections.ts';
import { profileOfRun } from '../evaluate/results.ts';
import { callsSection } from '../evaluate/sections.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { checkWritable, writeText } from '../files/write.ts';
import { trendSections, trendsOf } from '../evaluate/trend.ts';
import type { Section } from '../report/blocks.ts';
import { sectionsPage } from '../report/page.ts';
import { sectionsText } from '../report/terminal.ts';
import { table } from '../terminal/table.ts';

type Html = { readonly html?: string };

const html = (command: Command): Command =>
  command.option('--html <file>', 'write it as a page of its own');

/** What is stored of evaluations, read without running anything: list, trend, profile. */
export function addEvaluationViews(evaluate: Command, act: Act): void {
  verb(evaluate, 'list', 'the evaluations of the project, newest last')
    .option('--agent <agent>', 'of this agent only')
    .option('--last <n>', 'how many', '50')
    .action(act<[{ agent?: string; last: string }]>(list));
  html(
    verb(
      evaluate,
      'trend <agent>',
      'the runs of an agent, with regressions marked by a test (`recorded`: recorded outputs); ends with 3 where the newest regressed, 4 where that cannot be told',
    ),
  )
    .option('--judge <judge>', 'under this judge only')
    .option('--last <n>', 'how many runs', '20')
    .action(act<[string, Html & { judge?: string; last: string }]>(trend));
  html(
    verb(evaluate, 'profile <name>', 'where the time, the tokens and the money of a run went'),
  ).action(act<[string, Html]>(profile));
}

async function list(cli: Cli, options: { agent?: string; last: string }): Promise<void> {
  const { project } = cli.connections;
  const { agent } = options;
  const last = whole('--last', options.last);
  const entries = await listEvaluations(await cli.connections.database(), {
    project,
    ...(agent !== undefined && { agent }),
    last,
  });
  cli.print(entries, () =>
    table(
      ['name', 'agent', 'dataset', 'scorers', 'rows', 'started'],
      entries.map((at) => [
        evaluationName(at.run),
        at.agent,
        at.dataset,
        at.scorers.join(', '),
        String(at.rows),
        at.createdAt,
      ]),
    ),
  );
}

async function trend(
  cli: Cli,
  agent: string,
  options: Html & { judge?: string; last: string },
): Promise<ExitCode> {
  const { judge } = options;
  const last = whole('--last', options.last);
  checkWritable(options.html);
  const series = await trendsOf(await cli.connections.database(), {
    project: cli.connections.project,
    agent,
    ...(judge !== undefined && { judge }),
    last,
  });
  show(cli, series, { title: `Trend of ${agent}`, sections: trendSections(series), ...options });
  const newest = series.map(({ points }) => points.at(-1)?.mark);
  if (newest.includes('regressed')) return EXIT.failed;
  const untold = newest.some((mark) => mark === 'first' || mark === 'unmeasured');
  return untold ? EXIT.undecided : EXIT.done;
}

async function profile(cli: Cli, name: string, options: Html): Promise<void> {
  checkWritable(options.html);
  const db = await cli.connections.database();
  const { project } = cli.connections;
  const run = await getRun(db, { project, run: await namedRun(db, { project, name }) });
  const at = { project, run: run.name };
  const [found, usage] = [await profileOfRun(db, at), await usageOf(db, at)];
  if (found === null)
    throw new InvalidInputError([
      {
        at: name,
        message: 'has no traces: its outputs were recorded, and no trace stands by them',
      },
    ]);
  const sections = [...profileSections(found), callsSection(usage)];
  show(
    cli,
    { run: run.name, ...found, usage },
    { title: `Profile of ${name}`, sections, ...options },
  );
}

type Shown = Html & { readonly title: string; readonly sections: readonly Section[] };

function show(cli: Cli, value: unknown, { title, sections, html: file }: Shown): void {
  if (file !== undefined) writeText(file, sectionsPage(title, sections));
  cli.print(value, () => sectionsText(sections));
}

function whole(at: string, text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidInputError([{ at, message: `\`${text}\` is no whole number above 0` }]);
}
