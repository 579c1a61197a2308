import type { Command } from 'commander';
import type { TraceSummary } from '../../contracts/trace.ts';
import { getTrace, tagTraces } from '../../db/traces/traces.ts';
import { searchTraces } from '../../db/traces/search.ts';
import { took } from '../../domain/figures.ts';
import { parseFilter } from '../../domain/trace/filter.ts';
import { type Act, type Cli, noun, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { count } from '../terminal/figures.ts';
import { green, red, visible } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { wholeId } from '../trace/find.ts';
import { type Importing, importTraces } from '../trace/import.ts';
import { type Showing, tagTexts, tokens, traceText } from '../trace/show.ts';
import { when } from '../trace/times.ts';

type Searching = { limit: string };
type Tagging = { remove: readonly string[] };

const MOST = 10_000;

/** trace import, search, show, tag. */
export function addTrace(program: Command, act: Act): void {
  const trace = noun(
    program,
    'trace',
    'what agents did: spans with their times, inputs and outputs',
  );

  verb(trace, 'import <files...>', 'import OTLP/JSON files, or files with one document a line')
    .option('--skip-bad', 'leave out spans that cannot be kept, and import the others')
    .action(act<[string[], Importing]>(importTraces));

  verb(trace, 'search [filter]', 'traces, newest first: status = ERROR and latency_ms > 5000')
    .option('--limit <n>', 'at most so many', '50')
    .addHelpText('after', FILTER_HELP)
    .action(act<[string | undefined, Searching]>(search));

  verb(trace, 'show <trace>', 'a trace as a tree')
    .option('--full', 'inputs, outputs and attributes of every span')
    .action(
      act<[string, Showing]>(async (cli, id, showing) => {
        const { project } = cli.connections;
        const db = await cli.connections.database();
        const found = await getTrace(db, { project, id: await wholeId(cli, id) });
        cli.print(found, () => traceText(found, showing));
      }),
    );

  verb(trace, 'tag <trace> [tags...]', 'set tags of a trace: reviewed=yes team=billing')
    .option('--remove <name...>', 'take tags off', [])
    .action(act<[string, string[], Tagging]>(tag));
}

const FILTER_HELP = `
A filter compares columns with = != > >= < <= or ~ (contains), joined by and, or, not and brackets:
  status, start (2026-11-20, -24h), latency_ms, tokens, input_tokens, output_tokens, spans,
  id, name, session, run, tool, error, text (anywhere), tag.<name>, judge.<name>, label.<name>
Examples:
  status = ERROR and latency_ms > 5000 and tag.eval = complete
  judge.routing = no and label.routing = wrong
  tool = cancel_reservation and text ~ "refund" and start > -7d`;

async function search(cli: Cli, filter: string | undefined, { limit }: Searching): Promise<void> {
  const most = Number(limit);
  if (!Number.isInteger(most) || most < 1 || most > MOST)
    throw new InvalidInputError([
      { at: '--limit', message: `\`${limit}\` is no whole number from 1 to ${MOST}` },
    ]);
  const parsed = filter === undefined ? null : parseFilter(filter, { now: Date.now() });
  const page = await searchTraces(await cli.connections.database(), {
    project: cli.connections.project,
    filter: parsed,
    limit: most,
  });
  const more = page.next !== null;
  cli.print({ traces: page.traces, more }, () => listText(page.traces));
  if (more) cli.note(`More traces match; --limit ${most * 10} shows more.`);
}

function listText(traces: readonly TraceSummary[]): string {
  if (traces.length === 0) return 'No trace matches.';
  const headings = [
    'trace',
    'status',
    'start',
    'time',
    'tokens',
    'spans',
    'name',
    'session',
    'tags',
  ];
  return table(
    headings,
    traces.map((row) => [
      row.id,
      row.status === 'ERROR' ? red('ERROR') : green('OK'),
      when(row.start),
      row.latencyMs === null ? '' : took(row.latencyMs),
      tokens(row.inputTokens, row.outputTokens),
      String(row.spans),
      visible(row.name),
      visible(row.session ?? ''),
      visible(tagTexts(row.tags).join(' ')),
    ]),
  );
}

async function tag(cli: Cli, start: string, pairs: string[], { remove }: Tagging): Promise<void> {
  const split = pairs.map((pair) => ({ pair, parts: /^([^=]+)=(.*)$/s.exec(pair) }));
  const faults = split
    .filter(({ parts }) => parts === null)
    .map(({ pair }) => ({ at: `tag \`${pair}\``, message: 'is not written as name=value' }));
  if (pairs.length === 0 && remove.length === 0)
    faults.push({ at: 'tags', message: 'are missing: write reviewed=yes, or --remove reviewed' });
  if (faults.length > 0) throw new InvalidInputError(faults, 'No tag was set.');
  const tags = Object.fromEntries(split.map(({ parts }) => [parts![1]!.trim(), parts![2]!.trim()]));
  const db = await cli.connections.database();
  const { project } = cli.connections;
  const id = await wholeId(cli, start);
  await tagTraces(db, { project, ids: [id], tags, remove });
  const done = await getTrace(db, { project, id });
  cli.print(
    { id, tags: done.tags },
    () =>
      `${id} has ${count(Object.keys(done.tags).length, 'tag')}: ${visible(tagTexts(done.tags).join(', '))}`,
  );
}
