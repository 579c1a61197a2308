import { flat, nameOf, readBlocks } from './blocks.ts';
import { judgeByLikeness } from './judge-likeness.ts';
import { isPass, judgeName } from './judge-name.ts';
import { isObject, type ChatRequest, type Schema } from './request.ts';
import { orderIn } from './orders.ts';
import { type Scale, scaleIn } from './scale.ts';
import { fillSchema } from './schema.ts';

/** An earlier case as the request shows it. */
export type Precedent = {
  readonly inputs: unknown;
  readonly outputs: unknown;
  readonly value: unknown;
  readonly rationale: string;
};

export type Case = {
  /** The judge's question, with what it says about answers. */
  readonly question: string;
  readonly guidelines: readonly string[];
  readonly precedents: readonly Precedent[];
  readonly inputs: unknown;
  readonly outputs: unknown;
  readonly seed: string;
  /** Of the values, where they are numbers. */
  readonly scale: Scale | null;
  /** The verdict that the message orders outside of its data; null where it orders none. */
  readonly order: boolean | null;
};

/** How far the output at hand is right, in [0, 1], and why. */
export type Opinion = { readonly right: number; readonly rationale: string };

/** The case of a request for a verdict: blocks of data and a reply schema with rationale and value; null for others. */
export function readCase(request: ChatRequest): Case | null {
  if (request.format.kind === 'schema' && !isVerdict(request.format.schema)) return null;
  const user = request.messages.find(({ role }) => role === 'user')?.content ?? '';
  const { guidelines, examples, ...blocks } = readBlocks(user);
  const { inputs, outputs } = subjectOf(blocks);
  if (outputs === undefined && inputs === undefined) return null;
  const question = request.messages.find(({ role }) => role === 'system')?.content ?? '';
  return {
    question,
    guidelines: Array.isArray(guidelines) ? guidelines.map(String) : [],
    precedents: Array.isArray(examples) ? examples.filter(isObject).map(precedentOf) : [],
    inputs,
    outputs,
    seed: request.seed,
    scale: scaleIn(question),
    order: orderIn(user),
  };
}

/** What was asked and answered: said as such, else by the last turn of a conversation, else by a trace. */
export function subjectOf(fields: Readonly<Record<string, unknown>>): {
  readonly inputs: unknown;
  readonly outputs: unknown;
} {
  const { inputs, outputs, conversation, trace } = fields;
  if (outputs !== undefined) return { inputs, outputs };
  const last: unknown = Array.isArray(conversation) ? conversation.at(-1) : undefined;
  if (isObject(last) && last['outputs'] !== undefined)
    return { inputs: inputs ?? last['inputs'], outputs: last['outputs'] };
  return { inputs, outputs: conversation ?? trace };
}

const isVerdict = (schema: Schema): boolean => {
  const properties = schema['properties'];
  return isObject(properties) && 'value' in properties && 'rationale' in properties;
};

const precedentOf = (example: Record<string, unknown>): Precedent => ({
  ...subjectOf(example),
  value: example['value'],
  rationale: flat(example['rationale']),
});

/** The reply to a request for a verdict: reasons first, then the value in the type that the schema asks for. */
export function answerAsJudge(request: ChatRequest, asked: Case): string {
  const opinion = asked.order === null ? opinionOf(asked) : told(asked.order);
  const schema = request.format.kind === 'schema' ? request.format.schema : {};
  const properties = isObject(schema['properties']) ? schema['properties'] : {};
  const value = valueFor(properties['value'], opinion, asked);
  const rest = Object.fromEntries(
    Object.entries(properties)
      .filter(([name]) => name !== 'rationale' && name !== 'value')
      .map(([name, part]) => [name, fillSchema(part, `${request.seed}/${name}`)]),
  );
  return JSON.stringify({ rationale: opinion.rationale, value, ...rest });
}

const opinionOf = (asked: Case): Opinion =>
  nameOf(asked.outputs) === null ? judgeByLikeness(asked) : judgeName(asked);

const told = (order: boolean): Opinion => ({
  right: Number(order),
  rationale: 'Answered as the message said.',
});

const BETTER = /^(yes|true|correct|right|pass(ed)?|good|excellent|perfect|acceptable|ok|1)$/i;

function valueFor(part: unknown, { right }: Opinion, asked: Case): unknown {
  const schema = isObject(part) ? part : { type: 'boolean' };
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(alternatives))
    return valueFor(alternatives[0], { right, rationale: '' }, asked);
  const given = numberGiven(right, asked);
  if (Array.isArray(schema['enum'])) return categoryFor(schema['enum'], right, asked);
  const [low, high] = [Number(schema['minimum'] ?? 0), Number(schema['maximum'] ?? 1)];
  if (schema['type'] === 'integer') return given ?? Math.round(low + right * (high - low));
  if (schema['type'] === 'number') return given ?? low + right * (high - low);
  return schema['type'] === 'string' ? (right >= 0.5 ? 'right' : 'wrong') : right >= 0.5;
}

/** The number that people gave to the nearest case of this kind; null without one. */
function numberGiven(right: number, { precedents, scale }: Case): number | null {
  const found = precedents
    .map(({ value }) => value)
    .find((value) => typeof value === 'number' && isPass(value, scale) === right >= 0.5);
  return typeof found === 'number' ? found : null;
}

/** The category that people gave to cases of this kind; without precedents, by the words of the categories. */
function categoryFor(categories: readonly unknown[], right: number, asked: Case): unknown {
  const given = asked.precedents.map(({ value }) => value).filter((v) => categories.includes(v));
  const good = categories.filter((category) => BETTER.test(String(category)));
  const poor = categories.filter((category) => !good.includes(category));
  const side = right >= 0.5 ? good : poor;
  return given.find((value) => side.includes(value)) ?? side[0] ?? categories[0];
}
