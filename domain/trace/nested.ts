import type { Json, JsonObject } from '../../contracts/json.ts';

type Branch = Map<string, Branch | Json>;

const MOST_SEGMENTS = 32;

/**
 * The value spread over attributes such as `llm.input_messages.0.message.role`: objects by name, lists by number.
 * Undefined where no attribute begins with the prefix.
 */
export function nested(attributes: JsonObject, prefix: string): Json | undefined {
  const root: Branch = new Map();
  for (const [key, value] of Object.entries(attributes)) {
    if (!key.startsWith(`${prefix}.`)) continue;
    const path = key.slice(prefix.length + 1).split('.');
    if (path.length <= MOST_SEGMENTS) place(root, path, value);
  }
  return root.size === 0 ? undefined : jsonOf(root);
}

function place(branch: Branch, path: readonly string[], value: Json): void {
  const [head = '', ...rest] = path;
  if (rest.length === 0) {
    branch.set(head, value);
    return;
  }
  const below = branch.get(head);
  const next: Branch = below instanceof Map ? below : new Map();
  branch.set(head, next);
  place(next, rest, value);
}

function jsonOf(branch: Branch): Json {
  const entries = [...branch].map(
    ([key, value]) => [key, value instanceof Map ? jsonOf(value) : value] as const,
  );
  if (!entries.every(([key]) => /^\d{1,6}$/.test(key))) return Object.fromEntries(entries);
  return entries.toSorted(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value);
}
