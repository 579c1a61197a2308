import type { Command } from 'commander';
import type { Example } from '../../contracts/example.ts';
import type { PlacedExample } from '../../db/data/examples.ts';
import { editRow } from '../../domain/dataset/edit.ts';
import { mergeRows } from '../../domain/dataset/merge.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { editsOf } from '../dataset/edits.ts';
import { revise, type Revising, revisionText } from '../dataset/revise.ts';
import { InvalidInputError, refuse } from '../../contracts/invalid-input.ts';
import { collect } from '../options.ts';
import { columnsText, type Mapping, mapping } from '../dataset/columns-text.ts';
import { fieldMap } from '../files/field-map.ts';
import { readExamples } from '../files/examples.ts';

type Merging = Mapping & { conversation?: string; gold?: string; pin?: string };
type Editing = { row: string[]; set: string[]; unset: string[]; remove?: boolean };

/** dataset merge, edit: each makes the next version, or none where nothing changes. */
export function addDatasetChanges(dataset: Command, act: Act): void {
  mapping(
    verb(
      dataset,
      'merge <dataset> <file>',
      'add rows to a dataset; a row whose id is there takes its place',
    ),
  )
    .option('--conversation <field>', 'field that holds the conversation')
    .option('--gold <field>', 'field that only reports may read')
    .option('--pin <tag>', "tag that pins a conversation's part at its first import")
    .action(act<[string, string, Merging]>(merge));

  verb(dataset, 'edit <dataset>', 'change fields of rows, or take rows out')
    .option('--row <id>', 'the row; may be given several times', collect, [])
    .option('--set <field=value>', 'such as expectations.route=billing', collect, [])
    .option('--unset <field>', 'take a field out', collect, [])
    .option('--remove', 'take the rows out')
    .action(act<[string, Editing]>(edit));
}

export async function reviseAndTell(cli: Cli, wanted: Revising): Promise<void> {
  const made = await revise(cli, wanted);
  cli.print(made, () => revisionText(made));
}

function merge(cli: Cli, base: string, file: string, options: Merging): Promise<void> {
  const { conversation, gold: field, pin } = options;
  const map = fieldMap(options.map, options.ignore);
  const { examples, gold, columns } = readExamples({ path: file, conversation, gold: field, map });
  if (columns.length > 0) cli.note(columnsText(columns));
  return reviseAndTell(cli, { base, gold, pin, revise: (before) => merged(before, examples) });
}

/** @throws InvalidInputError where a row names another conversation than it has */
export function merged(
  before: readonly PlacedExample[],
  incoming: readonly Example[],
): readonly Example[] {
  const { rows, moved } = mergeRows(before, incoming);
  if (moved.length === 0) return rows;
  throw new InvalidInputError(
    moved.map(({ id, from, to }) => ({
      at: `row ${id}`,
      message: `belongs to conversation \`${from}\` since its first import, not to \`${to}\``,
    })),
    'Nothing was changed. Keep the conversation, or give the row another id.',
  );
}

async function edit(cli: Cli, base: string, { row, remove, ...options }: Editing): Promise<void> {
  const edits = editsOf(options);
  if (row.length === 0) refuse('--row', 'is needed: name the rows to change');
  if (remove === true && edits.length > 0)
    refuse('--remove', 'takes the rows out; leave --set and --unset away');
  if (remove !== true && edits.length === 0)
    refuse('--set', 'is needed, or --unset or --remove: say what to change');
  const wanted = new Set(row);
  await reviseAndTell(cli, {
    base,
    revise(before) {
      allThere(before, row, base);
      if (remove === true) return before.filter(({ id }) => !wanted.has(id));
      return before.map((at): Example => (wanted.has(at.id) ? editRow(at, edits) : at));
    },
  });
}

/** @throws InvalidInputError naming the rows that are not there */
export function allThere(
  rows: readonly PlacedExample[],
  ids: readonly string[],
  dataset: string,
): void {
  const known = new Set(rows.map(({ id }) => id));
  const stray = [...new Set(ids)].filter((id) => !known.has(id));
  if (stray.length === 0) return;
  throw new InvalidInputError(
    stray.map((id) => ({ at: `--row ${id}`, message: `is no row of ${dataset}` })),
    'Nothing was changed. `attune dataset show` lists the rows.',
  );
}
