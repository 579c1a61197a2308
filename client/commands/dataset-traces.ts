import type { Command } from 'commander';
import { splitPolicy } from '../../contracts/spec.ts';
import type { Db } from '../../db/connect.ts';
import { listDatasets } from '../../db/data/datasets.ts';
import { migrate } from '../../db/migrate.ts';
import { traceRows } from '../../db/traces/rows.ts';
import { addRows, rowOfTrace } from '../../domain/dataset/from-trace.ts';
import { parseFilter } from '../../domain/trace/filter.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { reviseAndTell } from './dataset-change.ts';
import { refuse } from '../../contracts/invalid-input.ts';
import { importExamples } from '../../operations/dataset/import-examples.ts';
import { importedText } from '../dataset/imported-text.ts';
import { newName } from '../options.ts';
import { count } from '../terminal/figures.ts';

type Options = { limit: string };

/** Most rows that are taken at once, unless told otherwise. */
export const MOST_TRACES = '10000';

/** dataset from-traces: the traces that a filter finds become rows. */
export function addDatasetTraces(dataset: Command, act: Act): void {
  verb(
    dataset,
    'from-traces <dataset> [filter]',
    'add a row for each trace a filter finds (see `attune trace search --help`); a new name makes a dataset',
  )
    .option('--limit <n>', 'refuse when there are more', MOST_TRACES)
    .action(act<[string, string | undefined, Options]>(fromTraces));
}

async function fromTraces(
  cli: Cli,
  name: string,
  text: string | undefined,
  options: Options,
): Promise<void> {
  const limit = limitOf(options.limit);
  const filter = text === undefined ? null : parseFilter(text, { now: Date.now() });
  newName('dataset', name);
  const db = await cli.connections.database();
  await migrate(db);
  const { project } = cli.connections;
  const traces = await traceRows(db, { project, filter, limit: limit + 1 });
  if (traces.length === 0)
    refuse(text ?? 'traces', 'finds no trace; try it with `attune trace search`');
  if (traces.length > limit)
    refuse(text ?? 'traces', `finds more than ${limit} traces; narrow it, or raise --limit`);
  const bare = traces.filter(({ inputs }) => inputs === null).length;
  if (bare > 0) cli.note(`  note: ${count(bare, 'trace')} without inputs left out`);
  const rows = traces.filter(({ inputs }) => inputs !== null).map(rowOfTrace);
  if (rows.length === 0) refuse(text ?? 'traces', 'finds only traces without inputs');
  if (await isThere(db, { project, name }))
    return reviseAndTell(cli, { base: name, revise: (before) => addRows(before, rows) });
  const salt = cli.env.ATTUNE_SPLIT_SALT;
  const { sealed } = splitPolicy.parse({});
  const made = await importExamples({
    db,
    project,
    name,
    examples: rows,
    gold: {},
    salt,
    pin: undefined,
    sealed,
  });
  cli.print({ ...made.version, created: made.created, remarks: made.remarks }, () =>
    importedText(made),
  );
}

async function isThere(
  db: Db,
  at: { readonly project: string; readonly name: string },
): Promise<boolean> {
  return (await listDatasets(db, at)).length > 0;
}

/** @throws InvalidInputError */
export function limitOf(text: string): number {
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  return refuse('--limit', `\`${text}\` is no number of traces`);
}
