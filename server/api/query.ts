import { refuse } from '../../contracts/invalid-input.ts';
import { readJson } from '../../contracts/read-json.ts';
import type { Operation } from '../../operations/operation.ts';
import { fieldsOf, type JsonSchema, typesOf } from '../../operations/schema.ts';

/** The input of an operation that only reads, from the query of an address: texts become what the schema of their field says. */
export function inputOfQuery(
  operation: Operation,
  query: URLSearchParams,
): Record<string, unknown> {
  const fields = fieldsOf(operation);
  return Object.fromEntries(
    [...new Set(query.keys())].map((key) => [key, valueOf(key, query.getAll(key), fields[key])]),
  );
}

function valueOf(key: string, given: readonly string[], schema: JsonSchema = {}): unknown {
  const types = typesOf(schema);
  if (types.includes('array')) {
    const { items } = schema as { readonly items?: JsonSchema };
    return given.map((text) => scalar(text, items === undefined ? [] : typesOf(items)));
  }
  if (given.length > 1) refuse(key, 'is given more than once');
  return scalar(given[0]!, types);
}

/** What cannot be read is left a text, which the schema then refuses with what it wants. */
function scalar(text: string, types: readonly string[]): unknown {
  const isNumber = types.includes('integer') || types.includes('number');
  if (isNumber && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (types.includes('boolean') && /^(true|false)$/.test(text)) return text === 'true';
  if (types.includes('object') && text.startsWith('{')) return parsed(text);
  return text;
}

function parsed(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return text;
  }
}
