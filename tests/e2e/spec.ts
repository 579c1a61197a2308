import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type SpecFile, readSpec } from '../../client/spec/read.ts';
import { write as writeBanking, convert } from '../../examples/banking77/convert.ts';
import { CLONE } from '../../stack/layout.ts';

type Changes = Readonly<Record<string, unknown>>;
export type ExampleSpec = SpecFile & { readonly reviewers: string };

const TELECOM = join(CLONE, 'examples', 'telecom');
const BANKING = join(CLONE, 'examples', 'banking77');

/** The telecom cycle as it is shipped, with entries replaced; the spec is written into `folder`. */
export function telecomSpec(folder: string, changes: Changes = {}): ExampleSpec {
  return specOf({ example: TELECOM, data: TELECOM, folder, changes });
}

/** The telecom cycle started from the prompt that states every rule. */
export const strongSpec = (folder: string): ExampleSpec =>
  telecomSpec(folder, { prompts: { router: join(TELECOM, 'prompts', 'router-strong.md') } });

/**
 * The crash fixture: the first 150 conversations of telecom and a search of 60 rollouts, so that a cycle takes seconds. No budget of
 * time, and no guardrail on latency, as both depend on the clock. A low judge floor: so few labels say little of the judge.
 */
export function crashSpec(folder: string, changed: Changes = {}): ExampleSpec {
  const data = join(folder, 'crash-data');
  mkdirSync(data, { recursive: true });
  const rows = linesOf(join(TELECOM, 'messages.jsonl'));
  const first = new Set([...new Set(rows.map((row) => row['conversation']))].slice(0, 150));
  const kept = rows.filter((row) => first.has(row['conversation']));
  const ids = new Set(kept.map((row) => row['id']));
  writeLines(join(data, 'messages.jsonl'), kept);
  for (const file of ['gold.jsonl', 'reviewers.jsonl'])
    writeLines(
      join(data, file),
      linesOf(join(TELECOM, file)).filter((row) => ids.has(row['id'])),
    );
  const changes = {
    cycle: 'crash-fixture',
    label: { raters: 3, minimum: 20, deadline: '7d' },
    optimize: { seed: 7, budget: 60, parents: 4 },
    gate: { delta: 0.1, judgeFloor: -0.2 },
    budget: {},
    ...changed,
  };
  return specOf({ example: TELECOM, data, folder, changes });
}

/** The banking77 cycle on rows a user brought; `rows` is the folder with train.jsonl and test.jsonl. */
export function bankingSpec(folder: string, rows: string): ExampleSpec {
  const data = join(folder, 'banking-data');
  mkdirSync(data, { recursive: true });
  writeBanking(convert(rows), data);
  return specOf({ example: BANKING, data, folder, changes: {} });
}

type Source = {
  readonly example: string;
  readonly data: string;
  readonly folder: string;
  readonly changes: Changes;
};

function specOf({ example, data, folder, changes }: Source): ExampleSpec {
  const given = parse(readFileSync(join(example, 'cycle.yaml'), 'utf8')) as {
    readonly dataset: Changes;
    readonly gold: Changes;
    readonly prompts: Readonly<Record<string, string>>;
  };
  const prompts = Object.entries(given.prompts).map(([name, file]) => [name, join(example, file)]);
  const spec = {
    ...given,
    dataset: { ...given.dataset, path: join(data, 'messages.jsonl') },
    gold: { ...given.gold, file: join(data, 'gold.jsonl') },
    prompts: Object.fromEntries(prompts) as Changes,
    judge: join(example, 'judge.yaml'),
    ...changes,
  };
  const path = join(folder, 'cycle.json');
  writeFileSync(path, JSON.stringify(spec, null, 2));
  return { ...readSpec(path), reviewers: join(data, 'reviewers.jsonl') };
}

const linesOf = (path: string): readonly Changes[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Changes);

const writeLines = (path: string, rows: readonly Changes[]): void =>
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
