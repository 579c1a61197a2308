import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { ExampleLine } from '../../contracts/example.ts';
import type { Json } from '../../contracts/json.ts';
import type { Part } from '../../contracts/part.ts';
import { partsOf } from './parts.ts';
import { reviewsOf } from './reviewer.ts';
import { readRows } from './rows.ts';

const SEED = 77;
const LABELLED: ReadonlySet<Part | undefined> = new Set<Part>(['align-labels', 'judge-test']);

export type Converted = {
  readonly messages: readonly ExampleLine[];
  readonly gold: readonly { readonly id: string; readonly intent: string }[];
  readonly reviewers: readonly { readonly id: string; readonly reviews: Json }[];
};

/** Data set, gold and scripted reviews from the folder with train.jsonl and test.jsonl; equal input, equal output. */
export function convert(folder: string): Converted {
  const rows = readRows(folder);
  const parts = partsOf(rows, SEED);
  const labelled = rows.filter(({ id }) => LABELLED.has(parts[id]));
  const reviews = reviewsOf(rows, { labelled, seed: SEED });
  return {
    messages: rows.map(({ id, query, split }) => ({
      id,
      conversation: id,
      inputs: { query },
      tags: { part: parts[id]!, source_split: split },
    })),
    gold: rows.map(({ id, intent }) => ({ id, intent })),
    reviewers: rows.map(({ id }) => ({ id, reviews: { script: reviews[id]! } })),
  };
}

/** Writes messages.jsonl, gold.jsonl and reviewers.jsonl into a folder that git ignores. */
export function write(converted: Converted, folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, rows] of Object.entries(converted)) {
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    writeFileSync(join(folder, `${name}.jsonl`), text);
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { from: { type: 'string' }, to: { type: 'string' } } });
  if (values.from === undefined) {
    console.error('Name the folder with train.jsonl and test.jsonl: convert.ts --from <folder>');
    process.exit(2);
  }
  const to = values.to ?? join(import.meta.dirname, 'data');
  const converted = convert(values.from);
  write(converted, to);
  console.log(`${converted.messages.length} rows written to ${to}`);
}
