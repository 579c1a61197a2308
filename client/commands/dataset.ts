import type { Command } from 'commander';
import { type Part, part as partSchema, TUNE_PARTS } from '../../contracts/part.ts';
import { splitPolicy } from '../../contracts/spec.ts';
import {
  countParts,
  getDataset,
  listDatasets,
  listExamples,
  type PartCount,
  unsealExamples,
} from '../../db/data/datasets.ts';
import { migrate } from '../../db/migrate.ts';
import { parseRowFilter, passes } from '../../domain/dataset/filter.ts';
import { type Act, type Cli, noun, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { columnsText, type Mapping, mapping } from '../dataset/columns-text.ts';
import { fieldMap } from '../files/field-map.ts';
import { readExamples } from '../files/examples.ts';
import { importExamples } from '../../operations/dataset/import-examples.ts';
import { importedText } from '../dataset/imported-text.ts';
import { addDatasetChanges } from './dataset-change.ts';
import { addDatasetDraft } from './dataset-draft.ts';
import { addDatasetSelections } from './dataset-select.ts';
import { addDatasetTraces } from './dataset-traces.ts';
import { addDatasetVersions } from './dataset-versions.ts';
import { newName } from '../options.ts';
import { count } from '../terminal/figures.ts';
import { visible } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

type Importing = Mapping & { conversation?: string; gold?: string; pin?: string };
type Showing = { part?: string; filter?: string; unseal?: boolean };

/** dataset import, list, show, split, and what makes and compares further versions. */
export function addDataset(program: Command, act: Act): void {
  const dataset = noun(program, 'dataset', 'named lists of examples, in immutable versions');

  mapping(
    verb(
      dataset,
      'import <name> <file>',
      'import a JSONL, JSON or CSV file as a version: all of it, or nothing',
    ),
  )
    .option(
      '--conversation <field>',
      'field that holds the conversation, such as tags.conversation_id',
    )
    .option('--gold <field>', 'field that only reports may read, such as expectations.intent')
    .option('--pin <tag>', "tag that pins a conversation's part at its first import")
    .action(act<[string, string, Importing]>(importFile));

  verb(dataset, 'list [name]', 'all datasets and their versions').action(
    act<[string | undefined, object]>(async (cli, name) => {
      const { project } = cli.connections;
      const versions = await listDatasets(await cli.connections.database(), {
        project,
        ...(name !== undefined && { name }),
      });
      cli.print(versions, () =>
        table(
          ['version', 'rows', 'conversations', 'hash'],
          versions.map((row) => [
            row.id,
            String(row.size),
            String(row.conversations),
            row.hash.slice(0, 12),
          ]),
        ),
      );
    }),
  );

  verb(dataset, 'show <dataset>', 'rows of a version (name: the newest); sealed rows are left out')
    .option('--part <part>', 'rows of one part only')
    .option('--filter <filter>', 'rows that it finds, such as tag.lang = en')
    .option('--unseal', 'open the sealed rows: no gate will use their conversations again')
    .action(act<[string, Showing]>(show));

  verb(dataset, 'split <dataset>', 'how many conversations and rows each part has').action(
    act<[string, object]>(async (cli, id) => {
      const db = await cli.connections.database();
      const { project } = cli.connections;
      const version = await getDataset(db, { project, id });
      const parts = await countParts(db, { project, version: version.id });
      cli.print({ ...version, parts }, () => `${version.id}\n${partTable(parts)}`);
    }),
  );

  addDatasetChanges(dataset, act);
  addDatasetSelections(dataset, act);
  addDatasetTraces(dataset, act);
  addDatasetDraft(dataset, act);
  addDatasetVersions(dataset, act);
}

async function importFile(cli: Cli, name: string, file: string, options: Importing): Promise<void> {
  const { conversation, gold: field, pin } = options;
  newName('dataset', name);
  const map = fieldMap(options.map, options.ignore);
  const { examples, gold, columns } = readExamples({ path: file, conversation, gold: field, map });
  if (columns.length > 0) cli.note(columnsText(columns));
  const db = await cli.connections.database();
  await migrate(db);
  const { project } = cli.connections;
  const { sealed } = splitPolicy.parse({});
  const salt = cli.env.ATTUNE_SPLIT_SALT;
  const made = await importExamples({ db, project, name, examples, gold, salt, pin, sealed });
  const { version } = made;
  cli.print({ ...version, columns, created: made.created, remarks: made.remarks }, () =>
    importedText(made),
  );
}

async function show(cli: Cli, id: string, { part, filter, unseal }: Showing): Promise<void> {
  const wanted = part === undefined ? null : partSchema.safeParse(part);
  if (wanted !== null && !wanted.success)
    throw new InvalidInputError([
      { at: '--part', message: `\`${part}\` is none of ${partSchema.options.join(', ')}` },
    ]);
  const parsed = filter === undefined ? null : parseRowFilter(filter);
  const db = await cli.connections.database();
  const { project } = cli.connections;
  const version = (await getDataset(db, { project, id })).id;
  const parts: readonly Part[] = wanted === null ? TUNE_PARTS : [wanted.data];
  const all =
    unseal === true && parts.includes('sealed')
      ? await unsealExamples(db, { project, version, who: cli.env.user })
      : await listExamples(db, { project, version, parts });
  const rows = parsed === null ? all : all.filter((row) => passes(parsed, row));
  const shut = ((await countParts(db, { project, version })).sealed?.rows ?? 0) - sealedIn(all);
  if (shut > 0 && (wanted === null || wanted.data === 'sealed'))
    cli.note(
      `  note: ${count(shut, 'sealed row')} left out: a gate decides on them. --part sealed --unseal opens them, and no gate will use their conversations again`,
    );
  cli.print(rows, () => rows.map((row) => visible(JSON.stringify(row))).join('\n'));
}

const sealedIn = (rows: readonly { readonly part: Part }[]): number =>
  rows.filter(({ part }) => part === 'sealed').length;

const partTable = (parts: Readonly<Partial<Record<Part, PartCount>>>): string =>
  table(
    ['part', 'conversations', 'rows', 'clusters', 'retired'],
    Object.entries(parts).map(([part, row]) => [
      part,
      String(row.conversations),
      String(row.rows),
      String(row.clusters),
      String(row.retired),
    ]),
  );
