import { isRecord } from '../../contracts/json.ts';
import { answerLike, type FieldMap } from './field-map.ts';
import { put } from './csv.ts';

const OURS = ['id', 'conversation', 'inputs', 'outputs', 'expectations', 'tags', 'source'];

/** Rows of other tools, told by their fields, and where the fields go that a name alone does not tell. */
const SHAPES: readonly {
  readonly tool: string;
  readonly has: readonly string[];
  readonly fields?: Readonly<Record<string, string>>;
}[] = [
  { tool: 'promptfoo', has: ['vars'], fields: { vars: 'inputs' } },
  { tool: 'Langfuse', has: ['input', 'expectedOutput'] },
  { tool: 'MLflow', has: ['inputs', 'dataset_record_id'] },
  {
    tool: 'LangSmith',
    has: ['inputs', 'outputs', 'dataset_id'],
    fields: { outputs: 'expectations' },
  },
  {
    tool: 'LangSmith',
    has: ['inputs', 'outputs', 'metadata'],
    fields: { outputs: 'expectations' },
  },
  { tool: 'OpenAI evals', has: ['input', 'ideal'] },
  { tool: 'OpenAI evals', has: ['item'] },
  {
    tool: 'OpenAI fine-tuning',
    has: ['messages'],
    fields: { 'messages.-1': 'expectations.message', messages: 'inputs.messages' },
  },
  { tool: 'OpenAI fine-tuning', has: ['prompt', 'completion'] },
];

/** The options that would take a row that was refused, in words; null for one that is nearly ours. */
export function shapeRemedy(row: unknown): string | null {
  if (!isRecord(row)) return null;
  const shape = SHAPES.find(({ has }) => has.every((field) => field in row));
  const special = Object.entries(shape?.fields ?? {}).map(([from, to]) => `--map ${from}=${to}`);
  const rest = Object.entries(row)
    .filter(([field]) => !Object.keys(shape?.fields ?? {}).includes(field))
    .flatMap(([field, value]) => optionOf(field, value));
  if (special.length + rest.length === 0) return null;
  const tool =
    shape === undefined
      ? 'To take it as it is'
      : `It looks like a file of ${shape.tool}; to take it`;
  return `${tool}, add, as it fits: ${[...special, ...rest].join(' ')}`;
}

const INTERNAL =
  /(?:_id|Id|_at|At|_time|_by|_type|status|split|name|assert|options|provider|threshold|attachments|source\w*)$/;

function optionOf(field: string, value: unknown): readonly string[] {
  const object = isRecord(value);
  if (OURS.includes(field)) {
    const objects = field !== 'id' && field !== 'conversation';
    if (!objects || (object && field !== 'source')) return [];
    if (field === 'source') return ['--ignore source'];
    return [`--map ${field}=${field}.${field === 'inputs' ? 'input' : 'output'}`];
  }
  if (answerLike(field)) return [`--map ${field}=expectations${object ? '' : `.${snake(field)}`}`];
  if (/^(?:metadata|labels|attributes)$/.test(field) && object)
    return [
      Object.values(value).every((each) => !isRecord(each) && !Array.isArray(each))
        ? `--map ${field}=tags`
        : `--ignore ${field}`,
    ];
  if (INTERNAL.test(field)) return [`--ignore ${field}`];
  return [`--map ${field}=inputs${object ? '' : `.${snake(field)}`}`];
}

const snake = (name: string): string =>
  name.replaceAll(/(\p{Ll})(\p{Lu})/gu, '$1_$2').toLowerCase();

/** A row with its fields where they go; a last element (`messages.-1`) leaves its list. The row itself stays as it is. */
export function mapRow(row: unknown, { fields, ignore }: FieldMap): unknown {
  if (!isRecord(row)) return row;
  const left: Record<string, unknown> = structuredClone(row);
  const made: { field: string; value: unknown }[] = [];
  for (const { from, to } of fields) {
    const value = take(left, from.split('.'));
    if (value !== undefined) made.push({ field: to, value });
  }
  for (const field of ignore) take(left, field.split('.'));
  for (const { field, value } of made) put(left, field, value);
  return left;
}

function take(from: unknown, [key = '', ...rest]: readonly string[]): unknown {
  if (Array.isArray(from)) {
    const index = Number(key) < 0 ? from.length + Number(key) : Number(key);
    if (rest.length > 0) return take(from[index], rest);
    return index in from ? from.splice(index, 1)[0] : undefined;
  }
  if (!isRecord(from) || !Object.hasOwn(from, key)) return undefined;
  const object = from as Record<string, unknown>;
  if (rest.length > 0) return take(object[key], rest);
  const value = object[key];
  delete object[key];
  return value;
}
