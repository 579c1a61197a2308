import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type JudgeDefinition, judgeDefinition } from '../../contracts/judge.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import { type Part, TUNE_PARTS } from '../../contracts/part.ts';
import { convert } from '../../examples/banking77/convert.ts';
import { conversationOf, routeIn } from '../../examples/telecom/agent.ts';
import { tunePartAt } from '../../domain/promote/tune.ts';

export type Row = {
  readonly id: string;
  readonly conversation: string;
  readonly inputs: JsonObject;
  readonly gold: string;
  readonly part: Part;
  /** What each reviewer says: an answer and a reason. */
  readonly reviews: Readonly<Record<string, { readonly route: string; readonly reason: string }>>;
};

/** A routing task of the examples: rows with their parts, the prompt to begin with, the judge. */
export type Task = {
  readonly name: string;
  readonly rows: readonly Row[];
  readonly prompt: string;
  readonly judge: JudgeDefinition;
  readonly user: (inputs: JsonObject) => string;
  readonly outputs: (reply: string) => JsonObject;
};

const SEALED = 0.45;
const examples = join(import.meta.dirname, '../../examples');

const lines = (file: string) => jsonLines(join(examples, 'telecom', file));

/** The telecom example; conversations are dealt to the parts by a salted hash. */
export function telecom(salt: string): Task {
  const gold = byId(lines('gold.jsonl'), 'route') as Readonly<Record<string, string>>;
  const reviews = byId(lines('reviewers.jsonl'), 'reviews') as Readonly<
    Record<string, Row['reviews']>
  >;
  return {
    ...files('telecom'),
    rows: lines('messages.jsonl').map(({ id, conversation, inputs }) => ({
      id: id as string,
      conversation: conversation as string,
      inputs: inputs as JsonObject,
      gold: gold[id as string]!,
      part: partOf(`${salt}/${conversation as string}`),
      reviews: reviews[id as string]!,
    })),
    user: conversationOf,
    outputs: (reply) => ({ route: routeIn(reply) }),
  };
}

/** The banking77 example on rows in a folder; null where the folder is not there. Parts are those of the conversion. */
export function banking(folder: string): Task | null {
  if (!existsSync(join(folder, 'train.jsonl'))) return null;
  const { messages, gold, reviewers } = convert(folder);
  const intents = new Map(gold.map(({ id, intent }) => [id, intent]));
  const reviews = new Map(
    reviewers.map((row) => [row.id, row.reviews as unknown as Row['reviews']]),
  );
  return {
    ...files('banking77'),
    rows: messages.map(({ id, conversation, inputs, tags }) => ({
      id: id!,
      conversation: conversation!,
      inputs,
      gold: intents.get(id!)!,
      part: (tags?.['part'] ?? 'sealed') as Part,
      reviews: reviews.get(id!)!,
    })),
    user: ({ query }) => query as string,
    outputs: (reply) => ({ output: reply }),
  };
}

function files(name: string) {
  const read = (file: string) => readFileSync(join(examples, name, file), 'utf8');
  const judge = judgeDefinition.parse(parse(read('judge.yaml')));
  return { name, prompt: read('prompts/router.md'), judge };
}

function partOf(name: string): Part {
  const digest = createHash('sha256').update(name).digest();
  const share = digest.readUInt32BE(0) / 2 ** 32;
  return share < SEALED ? 'sealed' : tunePartAt((share - SEALED) / (1 - SEALED));
}

const jsonLines = (file: string): readonly JsonObject[] =>
  readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JsonObject);

const byId = (rows: readonly JsonObject[], field: string): Readonly<Record<string, Json>> =>
  Object.fromEntries(rows.map((row) => [row['id'] as string, row[field]!]));

/** Rows of parts, all of TUNE without any. */
export const rowsIn = (task: Task, ...parts: readonly Part[]): readonly Row[] =>
  task.rows.filter(({ part }) =>
    (parts.length > 0 ? parts : [...TUNE_PARTS]).includes(part as never),
  );
