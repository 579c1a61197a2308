import { unit } from './hash.ts';
import { isObject } from './request.ts';

const DEEPEST = 8;

/** A plausible value of a JSON schema, decided by the key alone: any request gets an answer. */
export function fillSchema(
  schema: unknown,
  key: string,
  root: unknown = schema,
  depth = 0,
): unknown {
  if (!isObject(schema) || depth > DEEPEST) return null;
  const next = (part: unknown, name: string): unknown =>
    fillSchema(part, `${key}/${name}`, root, depth + 1);
  if (typeof schema['$ref'] === 'string') return next(resolve(root, schema['$ref']), 'ref');
  if ('const' in schema) return schema['const'];
  if (Array.isArray(schema['enum'])) return pick(schema['enum'], key);
  const alternatives = schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf'];
  if (Array.isArray(alternatives)) return next(alternatives[0], 'alternative');
  const type = Array.isArray(schema['type']) ? (schema['type'][0] as unknown) : schema['type'];
  const properties = schema['properties'];
  if (type === 'object' || isObject(properties))
    return Object.fromEntries(
      Object.entries(isObject(properties) ? properties : {}).map(([name, part]) => [
        name,
        next(part, name),
      ]),
    );
  if (type === 'array')
    return Array.from({ length: Number(schema['minItems'] ?? 0) }, (_, at) =>
      next(schema['items'], String(at)),
    );
  return scalar(schema, type, key);
}

function scalar(schema: Record<string, unknown>, type: unknown, key: string): unknown {
  const low = Number(schema['minimum'] ?? 0);
  const high = Number(schema['maximum'] ?? low + 1);
  if (type === 'boolean') return unit(key) < 0.5;
  if (type === 'integer') return Math.floor(low + unit(key) * (high - low + 1));
  if (type === 'number') return low + unit(key) * (high - low);
  return type === 'null' ? null : 'nothing to add';
}

const pick = (values: readonly unknown[], key: string): unknown =>
  values[Math.floor(unit(key) * values.length)];

const resolve = (root: unknown, reference: string): unknown =>
  reference
    .split('/')
    .slice(1)
    .reduce<unknown>((part, name) => (isObject(part) ? part[name] : undefined), root);
