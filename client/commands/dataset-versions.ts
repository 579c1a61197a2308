import type { Command } from 'commander';
import {
  type ChangeCounts,
  diffVersions,
  listVersions,
  type RowChange,
} from '../../db/data/diff.ts';
import { getDataset } from '../../db/data/datasets.ts';
import { type FieldChange, fieldChanges } from '../../domain/dataset/diff.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { changesText } from '../dataset/revise.ts';
import { NotFoundError } from '../errors.ts';
import { count } from '../terminal/figures.ts';
import { green, red, visible, yellow } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

/** dataset versions, diff. */
export function addDatasetVersions(dataset: Command, act: Act): void {
  verb(dataset, 'versions <name>', 'the versions of a dataset, and what each changed').action(
    act<[string, object]>(versions),
  );
  verb(
    dataset,
    'diff <from> <to>',
    'rows added, removed and changed between two versions; of sealed rows only how many',
  ).action(act<[string, string, object]>(diff));
}

async function versions(cli: Cli, name: string): Promise<void> {
  const { project } = cli.connections;
  const lines = await listVersions(await cli.connections.database(), { project, name });
  if (lines.length === 0)
    throw new NotFoundError(`dataset \`${name}\``, 'See `attune dataset list`.');
  const headings = ['version', 'rows', 'conversations', 'added', 'changed', 'removed', 'made'];
  cli.print(lines, () =>
    table(
      headings,
      lines.map((line) => [
        line.id,
        String(line.size),
        String(line.conversations),
        String(line.added),
        String(line.changed),
        String(line.removed),
        line.createdAt,
      ]),
    ),
  );
}

type Shown = RowChange & { readonly fields: readonly FieldChange[] };

async function diff(cli: Cli, first: string, second: string): Promise<void> {
  const db = await cli.connections.database();
  const { project } = cli.connections;
  const from = (await getDataset(db, { project, id: first })).id;
  const to = (await getDataset(db, { project, id: second })).id;
  const { rows, sealed } = await diffVersions(db, { project, from, to });
  const shown = rows.map((row) => ({
    ...row,
    fields: row.before && row.after ? fieldChanges(row.before, row.after) : [],
  }));
  cli.print({ from, to, rows: shown, sealed }, () => diffText({ from, to, rows: shown, sealed }));
}

type Differences = {
  readonly from: string;
  readonly to: string;
  readonly rows: readonly Shown[];
  readonly sealed: ChangeCounts;
};

function diffText({ from, to, rows, sealed }: Differences): string {
  const of = (change: string) => rows.filter((row) => row.change === change).length;
  const open = { added: of('added'), changed: of('changed'), removed: of('removed') };
  const shut = Object.values(sealed).reduce((sum, n) => sum + n, 0);
  return [
    `${from} -> ${to}: ${changesText(open)}`,
    ...(shut === 0 ? [] : [`and ${count(shut, 'sealed row')}: ${changesText(sealed)}`]),
    ...rows.flatMap(rowLines),
  ].join('\n');
}

function rowLines({ id, change, fields, before, after }: Shown): readonly string[] {
  if (change === 'changed')
    return [
      yellow(`~ ${visible(id)}`),
      ...fields.map(
        ({ field, before: old, after: now }) =>
          `    ${visible(field)}: ${cell(old)} -> ${cell(now)}`,
      ),
    ];
  const row = after ?? before;
  const text = `${change === 'added' ? '+' : '-'} ${visible(id)}  ${cell(row?.inputs)}`;
  return [change === 'added' ? green(text) : red(text)];
}

const CELL = 120;

/** A value on one line, shortened. */
function cell(value: unknown): string {
  if (value === null || value === undefined) return '(none)';
  const text = visible(JSON.stringify(value));
  return text.length > CELL ? `${text.slice(0, CELL)}...` : text;
}
