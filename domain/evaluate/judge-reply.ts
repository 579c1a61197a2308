import type { JudgeDefinition } from '../../contracts/judge.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import { NOT_APPLICABLE, type Value, type ValueType } from '../../contracts/value.ts';
import { categoriesOf, scoreOf } from './scale.ts';
import { shortenText } from './shorten.ts';
import { describeValue } from './value-text.ts';

/** A judge's answer. `score` null: not applicable, or a text. */
export type Verdict = {
  readonly value: Value;
  readonly score: number | null;
  readonly rationale: string;
};

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
]);

/** A reply that is no verdict; the message can be shown to the model that gave it. */
export class VerdictError extends Error {
  override readonly name = 'VerdictError';
  readonly kind = 'refused';
  readonly retryable = false;
  readonly fault: 'no-value' | 'wrong-value';

  constructor(fault: VerdictError['fault'], message: string) {
    super(message);
    this.fault = fault;
  }
}

/** Reads the JSON of a reply; members may lie within further objects. Throws VerdictError. */
export function readVerdict(json: Json, definition: JudgeDefinition): Verdict {
  const { value: found, rationale } = members(json);
  if (found === undefined)
    throw new VerdictError('no-value', 'the reply has no member "value" beside "rationale"');
  const value = valueRead(found, definition);
  if (value === null)
    throw new VerdictError(
      'wrong-value',
      `"value" is ${shortenText(JSON.stringify(found), 200)}; it must be ${describeValue(definition)}`,
    );
  return { value, score: scoreOf(definition.value, value), rationale };
}

function members(json: Json): { value: Json | undefined; rationale: string } {
  if (json === null || typeof json !== 'object') return { value: json, rationale: '' };
  const byName = verdictIn(json, DEEPEST) ?? {};
  const rationale = named(byName, 'rationale') ?? '';
  return {
    value: named(byName, 'value'),
    rationale: typeof rationale === 'string' ? rationale : JSON.stringify(rationale),
  };
}

const named = (object: JsonObject, wanted: string): Json | undefined =>
  Object.entries(object).find(([key]) => key.trim().toLowerCase() === wanted)?.[1];

/** Levels of objects in which a verdict is looked for. */
const DEEPEST = 25;

/** The outermost object with a value; null where there is none, or several at the same depth, which contradict each other. */
function verdictIn(json: Json, levels: number): JsonObject | null {
  if (json === null || typeof json !== 'object' || levels === 0) return null;
  if (!Array.isArray(json) && named(json as JsonObject, 'value') !== undefined)
    return json as JsonObject;
  const inner = Object.values(json)
    .map((item: Json) => verdictIn(item, levels - 1))
    .filter((found) => found !== null);
  return inner.length === 1 ? inner[0]! : null;
}

function valueRead(found: Json, { value: type, notApplicable }: JudgeDefinition): Value | null {
  const value = typedValue(found, type);
  if (type.type !== 'text' && value !== null) return value;
  const silent = found === null || /^(not applicable|n\/?a)[.]?$/i.test(plain(found));
  return notApplicable && silent ? NOT_APPLICABLE : value;
}

function typedValue(found: Json, type: ValueType): Value | null {
  switch (type.type) {
    case 'boolean':
      if (typeof found === 'boolean') return found;
      return BOOLEANS.get(word(found)) ?? null;
    case 'categories':
      return categoryRead(found, categoriesOf(type));
    case 'integer':
    case 'number':
      return numberRead(found, type);
    case 'text':
      return typeof found === 'string' && found.trim() !== '' ? found : null;
  }
}

function categoryRead(found: Json, categories: readonly string[]): string | null {
  if (typeof found === 'object') return null;
  const exact = categories.find((category) => category === found);
  const alike = categories.filter((category) => word(category) === word(found));
  return exact ?? (alike.length === 1 ? alike[0]! : null);
}

function numberRead(
  found: Json,
  type: { readonly type: 'integer' | 'number'; readonly min: number; readonly max: number },
): number | null {
  const text = plain(found);
  if (typeof found === 'object' || typeof found === 'boolean' || text === '') return null;
  const value = Number(text);
  if (!Number.isFinite(value) || value < type.min || value > type.max) return null;
  return type.type === 'integer' && !Number.isInteger(value) ? null : value;
}

/** Characters without width, which models put between words. */
const INVISIBLE = /[\u00AD\u200B-\u200D\u2060\uFEFF]/g;

function plain(found: Json): string {
  return (typeof found === 'string' ? found : JSON.stringify(found))
    .replaceAll(INVISIBLE, '')
    .trim();
}

/** Lower case, without the quotes and the full stop that models add. */
function word(found: Json): string {
  return plain(found)
    .toLowerCase()
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/^["'`*]+|["'`*.]+$/g, '');
}
