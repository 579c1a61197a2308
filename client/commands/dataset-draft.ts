import type { Command } from 'commander';
import type { Example, ExampleLine } from '../../contracts/example.ts';
import type { JsonObject } from '../../contracts/json.ts';
import { TUNE_PARTS } from '../../contracts/part.ts';
import { getDataset, listExamples } from '../../db/data/datasets.ts';
import { getJudge } from '../../db/versions/judges.ts';
import { listLabels } from '../../db/labels/labels.ts';
import { outputsOf } from '../../db/runs/outputs.ts';
import { rightOutputs } from '../../domain/dataset/draft.ts';
import { itemKey } from '../../domain/label/consensus.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { writeText } from '../files/write.ts';
import { count } from '../terminal/figures.ts';

type Options = { label: string };

/** dataset draft: expectations out of labels, for a person to read and approve. */
export function addDatasetDraft(dataset: Command, act: Act): void {
  verb(
    dataset,
    'draft <dataset> <file>',
    'write rows that lack expectations to a file, each with an output people labelled right as its expectations; `merge` it once a person has read it',
  )
    .requiredOption('--label <judge>', 'the judge whose question was labelled')
    .action(act<[string, string, Options]>(draft));
}

async function draft(cli: Cli, id: string, file: string, { label }: Options): Promise<void> {
  const db = await cli.connections.database();
  const { project } = cli.connections;
  const version = (await getDataset(db, { project, id })).id;
  const { definition } = await getJudge(db, { project, id: label });
  const rows = await listExamples(db, { project, version, parts: TUNE_PARTS });
  const labels = await listLabels(db, { project, name: definition.name });
  const right = rightOutputs(rows, { labels, type: definition.value });
  const outputs = await outputsOf(db, { project, items: right });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const lines = right.flatMap((item) => {
    const found = outputs.get(itemKey(item));
    return found === undefined ? [] : [lineOf(byId.get(item.example)!, found)];
  });
  const bare = rows.filter((row) => row.expectations === undefined).length;
  if (lines.length === 0)
    throw new InvalidInputError([
      {
        at: `--label ${label}`,
        message:
          bare === 0
            ? `every open row of ${version} has expectations`
            : `no output of the ${count(bare, 'row')} without expectations is labelled right by agreement`,
      },
    ]);
  writeText(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  cli.print(
    { file, dataset: version, drafted: lines.length, without: bare - lines.length },
    () =>
      `${count(lines.length, 'row')} drafted in ${file}; ${bare - lines.length} without expectations have no output that people agree is right.\n` +
      `Read it, change or delete lines, then approve it: npx attune dataset merge ${id} ${file}`,
  );
}

const lineOf = (row: Example, expectations: JsonObject): ExampleLine => ({
  id: row.id,
  conversation: row.conversation,
  inputs: row.inputs,
  ...(row.outputs !== undefined && { outputs: row.outputs }),
  expectations,
  tags: row.tags,
  ...(row.source !== undefined && { source: row.source }),
});
