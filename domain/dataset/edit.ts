import type { Example } from '../../contracts/example.ts';
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts';
import { withContent } from './example.ts';

/** What of a row can be changed: id and conversation are what it is known by. */
export const GROUPS = ['inputs', 'outputs', 'expectations', 'tags'] as const;
type Group = (typeof GROUPS)[number];

/** `expectations.route`: the group, and the keys below it. */
export type FieldPath = { readonly group: Group; readonly keys: readonly string[] };

export type Edit =
  | { readonly kind: 'set'; readonly field: FieldPath; readonly value: Json }
  | { readonly kind: 'unset'; readonly field: FieldPath };

/** Null where the text names no field of a row. */
export function fieldPath(text: string): FieldPath | null {
  const [head, ...keys] = text.split('.');
  const group = GROUPS.find((known) => known === head);
  if (group === undefined || keys.length === 0 || keys.includes('')) return null;
  return { group, keys: group === 'tags' ? [keys.join('.')] : keys };
}

/** The row after the edits, with the hash of its content; a group that is then empty is gone (inputs and tags stay as {}). */
export function editRow(row: Example, edits: readonly Edit[]): Example {
  const groups: Record<string, JsonObject> = {};
  for (const group of GROUPS) if (row[group] !== undefined) groups[group] = row[group];
  for (const edit of edits) {
    const { group, keys } = edit.field;
    const changed =
      edit.kind === 'set'
        ? setIn(groups[group] ?? {}, keys, edit.value)
        : unsetIn(groups[group] ?? {}, keys);
    if (Object.keys(changed).length > 0 || group === 'inputs' || group === 'tags')
      groups[group] = changed;
    else delete groups[group];
  }
  const { inputs = {}, outputs, expectations, tags = {} } = groups;
  return withContent(row, {
    inputs,
    ...(outputs !== undefined && { outputs }),
    ...(expectations !== undefined && { expectations }),
    tags: tags as Example['tags'],
  });
}

// Keys are own properties, whatever they are called: `__proto__` too.
const withKey = (object: JsonObject, key: string, value: Json): JsonObject =>
  Object.fromEntries([...Object.entries(object).filter(([own]) => own !== key), [key, value]]);

function setIn(object: JsonObject, keys: readonly string[], value: Json): JsonObject {
  const [key = '', ...rest] = keys;
  if (rest.length === 0) return withKey(object, key, value);
  const below = Object.hasOwn(object, key) ? object[key] : undefined;
  return withKey(object, key, setIn(isJsonObject(below) ? below : {}, rest, value));
}

function unsetIn(object: JsonObject, keys: readonly string[]): JsonObject {
  const [key = '', ...rest] = keys;
  const below = Object.hasOwn(object, key) ? object[key] : undefined;
  if (below === undefined) return object;
  if (rest.length > 0)
    return isJsonObject(below) ? withKey(object, key, unsetIn(below, rest)) : object;
  return Object.fromEntries(Object.entries(object).filter(([own]) => own !== key));
}
