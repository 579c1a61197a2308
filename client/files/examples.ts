import { exampleLine, type Example, type ExampleLine } from '../../contracts/example.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import { readJson } from '../../contracts/read-json.ts';
import { exampleOf } from '../../domain/dataset/example.ts';
import type { Fault } from '../../contracts/invalid-input.ts';
import { type Column, exampleColumns } from './columns.ts';
import { readCsv } from './csv.ts';
import { type FieldMap, NO_MAP } from './field-map.ts';
import { type Numbered, readJsonLines, refuseFile } from './json-lines.ts';
import { mapRow, shapeRemedy } from './shapes.ts';

export type ReadExamples = {
  readonly path: string;
  /** Field that holds the conversation, such as `tags.conversation_id`. */
  readonly conversation?: string | undefined;
  /** Field that holds what the output should have been: taken out of the example, for reports alone. */
  readonly gold?: string | undefined;
  /** Where fields go that are not named as ours. */
  readonly map?: FieldMap | undefined;
};

export type ExamplesRead = {
  readonly examples: readonly Example[];
  /** By example id. */
  readonly gold: Readonly<Record<string, Json>>;
  /** What each column of a CSV file became. */
  readonly columns: readonly Column[];
};

/**
 * Examples of a JSONL or CSV file in their order.
 * @throws InvalidInputError naming each bad line, an id used twice, or a file without rows
 */
export function readExamples(reading: ReadExamples): ExamplesRead {
  const { path, conversation, gold: field, map = NO_MAP } = reading;
  const { rows, columns } = isSeparated(path) ? separated(path, map) : lines(path, map);
  const faults: Fault[] = [];
  const seen = new Map<string, number>();
  const gold: Record<string, Json> = {};
  const examples = rows.map(({ line, value }) => {
    const fault = (message: string): void => void faults.push({ at: `${path}:${line}`, message });
    const talk = conversation === undefined ? undefined : fieldOf(value, conversation);
    if (conversation !== undefined && talk === undefined)
      fault(`has no \`${conversation}\` to take the conversation from`);
    const right = field === undefined ? undefined : fieldOf(value, field);
    if (field !== undefined && right === undefined)
      fault(`has no \`${field}\` to take the gold from`);
    const example = exampleOf(field === undefined ? value : without(value, field), textOf(talk));
    if (right !== undefined) gold[example.id] = right;
    const before = seen.get(example.id);
    if (before !== undefined) fault(`has the id \`${example.id}\` of line ${before}`);
    seen.set(example.id, line);
    return example;
  });
  if (rows.length === 0) faults.push({ at: path, message: 'holds no example' });
  refuseFile(faults);
  return { examples, gold, columns };
}

/** Files of spreadsheets by their names. */
export const isSeparated = (path: string): boolean => /\.(?:csv|tsv|tab|psv)$/i.test(path);

type Rows = {
  readonly rows: readonly Numbered<ExampleLine>[];
  readonly columns: readonly Column[];
};

const separated = (path: string, map: FieldMap): Rows =>
  readCsv({
    path,
    schema: exampleLine,
    columns: (headings, at) => exampleColumns(headings, at, map),
    cell: cellOf,
  });

/** A cell is its text, so that 007 stays 007; only a whole group is read as JSON. */
function cellOf(field: string, text: string): unknown {
  if (!['inputs', 'outputs', 'expectations', 'tags'].includes(field)) return text;
  try {
    return readJson(text);
  } catch {
    return text;
  }
}

const lines = (path: string, map: FieldMap): Rows => ({
  rows: readJsonLines(path, exampleLine, {
    before: (row) => mapRow(row, map),
    remedy: (row) => shapeRemedy(mapRow(row, map)),
  }),
  columns: [],
});

function fieldOf(line: ExampleLine, path: string): Json | undefined {
  let at: Json | undefined = line as unknown as JsonObject;
  for (const key of path.split('.'))
    at =
      at !== null && typeof at === 'object' && !Array.isArray(at)
        ? (at as JsonObject)[key]
        : undefined;
  return at;
}

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/** The line without one field of a group; a group that is then empty is gone too. */
function without(line: ExampleLine, path: string): ExampleLine {
  const [group = '', ...rest] = path.split('.');
  const key = rest.join('.');
  if (group !== 'expectations' && group !== 'tags') return line;
  const { [key]: _taken, ...left } = line[group] ?? {};
  const { [group]: _group, ...others } = line;
  return Object.keys(left).length === 0 ? others : { ...others, [group]: left };
}
