import { leavesOf } from './blocks.ts';
import { likeness } from './likeness.ts';
import { type ChatRequest, isObject, type Tool } from './request.ts';
import { fillSchema } from './schema.ts';
import { lexicalWeight, read, wordsOf } from './text.ts';

export type ToolCall = {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
};

/** How like a tool must be to what is asked, unless the instructions name it. */
const ALIKE = 0.15;

/**
 * The next tool to call: each tool at most once, in the order of the request, if the instructions name it or it is like what is asked,
 * and if all it needs is known. Null when nothing is left to call.
 */
export function nextCall(request: ChatRequest): ToolCall | null {
  const forced = request.tools.find(({ name }) => name === request.forced);
  if (forced !== undefined) return forcedCall(request, forced);
  const called = new Set(request.messages.flatMap(({ calls }) => calls));
  const instructions = textOf(request, 'system').toLowerCase();
  const asked = textOf(request, 'user');
  for (const tool of request.tools) {
    if (called.has(tool.name)) continue;
    const named = instructions.includes(tool.name.toLowerCase());
    if (!named && likeness(aboutOf(tool), read(asked)) < ALIKE) continue;
    const filled = fill(tool, { asked, known: knownOf(request) });
    if (filled !== null) return { name: tool.name, arguments: filled };
  }
  return null;
}

/** A call that the request insists on: what is not known is made up as any schema's values are. */
function forcedCall(request: ChatRequest, tool: Tool): ToolCall {
  const sight = { asked: textOf(request, 'user'), known: knownOf(request) };
  const made = fillSchema(tool.parameters, request.seed);
  const known = fill(tool, sight) ?? {};
  return { name: tool.name, arguments: { ...(isObject(made) ? made : {}), ...known } };
}

const textOf = ({ messages }: ChatRequest, role: string): string =>
  messages
    .filter((message) => message.role === role)
    .map(({ content }) => content)
    .join('\n');

export const aboutOf = ({ name, description }: Pick<Tool, 'name' | 'description'>) =>
  read(`${name.replaceAll(/[_.-]+/g, ' ')} ${description}`);

type Sight = {
  readonly asked: string;
  /** Values of JSON in messages, by key; the latest last. */
  readonly known: ReadonlyMap<string, readonly unknown[]>;
};

function fill({ parameters }: Tool, sight: Sight): Record<string, unknown> | null {
  const properties = isObject(parameters['properties']) ? parameters['properties'] : {};
  const required = Array.isArray(parameters['required']) ? parameters['required'].map(String) : [];
  const values: Record<string, unknown> = {};
  for (const name of required) {
    const value = valueOf(name, properties[name], sight);
    if (value === undefined) return null;
    values[name] = value;
  }
  return values;
}

function valueOf(name: string, schema: unknown, { asked, known }: Sight): unknown {
  const { enum: options, type, description } = isObject(schema) ? schema : {};
  const given =
    known.get(name)?.at(-1) ?? (name.endsWith('id') ? known.get('id')?.at(-1) : undefined);
  if (given !== undefined) return given;
  if (Array.isArray(options))
    return options.find((option) => asked.toLowerCase().includes(String(option).toLowerCase()));
  if (type === 'integer' || type === 'number') {
    const [number] = /\d+/.exec(asked) ?? [];
    return number === undefined ? undefined : Number(number);
  }
  // A name or number of something cannot be made up; what to look for can be drawn from the question.
  if (/\bid\b|number|code/i.test(`${name.replaceAll('_', ' ')} ${String(description)}`))
    return /\b(?=\S*\d)[\p{L}\p{N}-]{3,}\b/u.exec(asked)?.[0];
  return heaviest(asked);
}

function heaviest(text: string): string | undefined {
  return wordsOf(text)
    .map((word) => ({ word, weight: lexicalWeight(word) + word.length / 100 }))
    .sort((a, b) => b.weight - a.weight)[0]?.word;
}

/** Values of the JSON that stands in tool results and in blocks of the user's messages. */
function knownOf({ messages }: ChatRequest): ReadonlyMap<string, readonly unknown[]> {
  const found = new Map<string, unknown[]>();
  const take = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(take);
    if (!isObject(value)) return;
    for (const [key, inner] of Object.entries(value)) {
      if (isObject(inner) || Array.isArray(inner)) take(inner);
      else found.set(key, [...(found.get(key) ?? []), ...leavesOf(inner)]);
    }
  };
  for (const { role, content } of messages)
    if (role === 'tool' || role === 'user') jsonsIn(content).forEach(take);
  return found;
}

function jsonsIn(text: string): readonly unknown[] {
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      return [];
    }
  });
}
