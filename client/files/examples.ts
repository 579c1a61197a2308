import { exampleLine, type Example, type ExampleLine } from '../../contracts/example.ts';
import { hashJson } from '../../contracts/hash.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import type { Fault } from '../errors.ts';
import { readCsv } from './csv.ts';
import { readJsonLines, refuse } from './json-lines.ts';

export type ReadExamples = {
  readonly path: string;
  /** Field that holds the conversation, such as `tags.conversation_id`. */
  readonly conversation?: string | undefined;
};

/**
 * Examples of a JSONL or CSV file in their order.
 * @throws InvalidInputError naming each bad line, an id used twice, or a file without rows
 */
export function readExamples({ path, conversation }: ReadExamples): readonly Example[] {
  const rows = /\.csv$/i.test(path) ? readCsv(path, exampleLine) : readJsonLines(path, exampleLine);
  const faults: Fault[] = [];
  const lines = new Map<string, number>();
  const examples = rows.map(({ line, value }) => {
    const found = conversation === undefined ? undefined : fieldOf(value, conversation);
    if (conversation !== undefined && found === undefined)
      faults.push({
        at: `${path}:${line}`,
        message: `has no \`${conversation}\` to take the conversation from`,
      });
    const example = exampleOf(value, found);
    const before = lines.get(example.id);
    if (before !== undefined)
      faults.push({
        at: `${path}:${line}`,
        message: `has the id \`${example.id}\` of line ${before}`,
      });
    lines.set(example.id, line);
    return example;
  });
  if (rows.length === 0) faults.push({ at: path, message: 'holds no example' });
  refuse(path, faults);
  return examples;
}

/** Id and conversation fall back on the content's hash: equal rows are one example. */
export function exampleOf(line: ExampleLine, conversation?: string): Example {
  const { inputs, outputs, expectations, tags = {} } = line;
  const content: JsonObject = {
    inputs,
    ...(outputs !== undefined && { outputs }),
    ...(expectations !== undefined && { expectations }),
    tags,
  };
  const hash = hashJson(content);
  return {
    id: line.id ?? hash,
    conversation: conversation ?? line.conversation ?? hash,
    hash,
    inputs,
    ...(outputs !== undefined && { outputs }),
    ...(expectations !== undefined && { expectations }),
    tags,
  };
}

function fieldOf(line: ExampleLine, path: string): string | undefined {
  let at: Json | undefined = line as unknown as JsonObject;
  for (const key of path.split('.'))
    at =
      at !== null && typeof at === 'object' && !Array.isArray(at)
        ? (at as JsonObject)[key]
        : undefined;
  return typeof at === 'string' || typeof at === 'number' ? String(at) : undefined;
}
