import type { Command } from 'commander';
import type { Example } from '../../contracts/example.ts';
import { editRow } from '../../domain/dataset/edit.ts';
import { parseRowFilter, selectRows } from '../../domain/dataset/filter.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { tagEditsOf } from '../dataset/edits.ts';
import { refuse } from '../../contracts/invalid-input.ts';
import { collect, newName } from '../options.ts';
import { count } from '../terminal/figures.ts';
import { allThere, reviseAndTell } from './dataset-change.ts';

type Tagging = { row: string[]; set: string[]; unset: string[] };
type Filtering = { as?: string };

export const ROW_FILTER_HELP = `
A filter compares columns with = != > >= < <= or ~ (contains), joined by and, or, not and brackets:
  id, conversation, part, trace, tag.<name>, inputs.<field>, outputs.<field>, expectations.<field>,
  text (anywhere in the content)
Examples:
  tag.lang = en and expectations.route != billing
  inputs.message ~ "my bill" and not tag.reviewed = yes`;

/** dataset tag, filter: changes of the rows that a filter finds. */
export function addDatasetSelections(dataset: Command, act: Act): void {
  verb(
    dataset,
    'tag <dataset> [filter]',
    'set tags of the rows a filter finds; without one, of all',
  )
    .option('--row <id>', 'of this row; may be given several times', collect, [])
    .option('--set <name=value>', 'the tag', collect, [])
    .option('--unset <name>', 'take the tag off', collect, [])
    .addHelpText('after', ROW_FILTER_HELP)
    .action(act<[string, string | undefined, Tagging]>(tag));

  verb(dataset, 'filter <dataset> <filter>', 'keep the rows that a filter finds')
    .option('--as <name>', 'in another dataset; default the next version of this one')
    .addHelpText('after', ROW_FILTER_HELP)
    .action(act<[string, string, Filtering]>(filter));
}

async function tag(
  cli: Cli,
  base: string,
  text: string | undefined,
  { row: ids, ...options }: Tagging,
): Promise<void> {
  const edits = tagEditsOf(options);
  if (edits.length === 0) refuse('--set', 'is needed, or --unset: say which tag');
  const parsed = text === undefined ? null : parseRowFilter(text);
  const wanted = new Set(ids);
  await reviseAndTell(cli, {
    base,
    revise(before) {
      allThere(before, ids, base);
      const { found, kept } = selectRows(before, parsed);
      const chosen = ids.length === 0 ? found : found.filter(({ id }) => wanted.has(id));
      if (kept > 0) cli.note(`  note: ${sealedText(kept)} left as they are`);
      if (chosen.length === 0) refuse(text ?? '--row', `finds no row of ${base}`);
      const tagged = new Set(chosen.map(({ id }) => id));
      return before.map((row): Example => (tagged.has(row.id) ? editRow(row, edits) : row));
    },
  });
}

async function filter(cli: Cli, base: string, text: string, { as }: Filtering): Promise<void> {
  const parsed = parseRowFilter(text);
  await reviseAndTell(cli, {
    base,
    ...(as !== undefined && { name: newName('--as', as) }),
    revise(before) {
      const { found, kept } = selectRows(before, parsed);
      if (found.length === 0) refuse(text, `finds no row of ${base}`);
      if (kept > 0) cli.note(`  note: ${sealedText(kept)} kept`);
      const chosen = new Set(found.map(({ id }) => id));
      return before.filter((row) => chosen.has(row.id) || (kept > 0 && row.part === 'sealed'));
    },
  });
}

const sealedText = (rows: number): string =>
  `${count(rows, 'sealed row is', 'sealed rows are')} not compared with the filter, which reads content, and`;
