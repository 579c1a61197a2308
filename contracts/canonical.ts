import type { Json } from './json.ts';

/** JSON text with object keys in code-unit order: equal values give equal text. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  // Grown by the piece: this runs over every request, and lists of pieces would be most of what it leaves behind.
  let text = '';
  if (Array.isArray(value)) {
    for (const item of value as readonly Json[])
      text += text === '' ? canonical(item) : `,${canonical(item)}`;
    return `[${text}]`;
  }
  const fields = value as { readonly [key: string]: Json };
  for (const key of inOrder(Object.keys(fields))) {
    const item = fields[key];
    if (item === undefined) continue;
    text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${canonical(item)}`;
  }
  return `{${text}}`;
}

function inOrder(keys: string[]): readonly string[] {
  for (let at = 1; at < keys.length; at += 1) if (keys[at - 1]! > keys[at]!) return keys.sort();
  return keys;
}
