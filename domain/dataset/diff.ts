import { canonical } from '../../contracts/canonical.ts';
import type { Example } from '../../contracts/example.ts';
import { isJsonObject, type Json } from '../../contracts/json.ts';
import { GROUPS } from './edit.ts';

/** A field that differs; null where one side has none. */
export type FieldChange = {
  readonly field: string;
  readonly before: Json | null;
  readonly after: Json | null;
};

/** The fields in which two contents of a row differ, by path; lists are compared whole. */
export function fieldChanges(before: Example, after: Example): readonly FieldChange[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  const fields = [...new Set([...old.keys(), ...now.keys()])];
  return fields.flatMap((field) => {
    const change = { field, before: old.get(field) ?? null, after: now.get(field) ?? null };
    const same = old.has(field) === now.has(field);
    return same && canonical(change.before) === canonical(change.after) ? [] : [change];
  });
}

function leavesOf(row: Example): ReadonlyMap<string, Json> {
  const found = new Map<string, Json>();
  const visit = (path: string, value: Json): void => {
    const entries = isJsonObject(value) ? Object.entries(value) : [];
    if (entries.length === 0) found.set(path, value);
    for (const [key, item] of entries) visit(`${path}.${key}`, item);
  };
  for (const group of GROUPS) if (row[group] !== undefined) visit(group, row[group]);
  return found;
}
