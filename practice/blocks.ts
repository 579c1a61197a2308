/** The values of `<name>` blocks in a text, by name: JSON, which holds no bracket, or else the text itself. */
export function readBlocks(text: string): Readonly<Record<string, unknown>> {
  const blocks: Record<string, unknown> = {};
  for (const [, name, body] of text.matchAll(/<([a-z_]+)>\n([^<>]*)\n<\/\1>/g)) {
    try {
      blocks[name!] ??= JSON.parse(body!);
    } catch {
      continue;
    }
  }
  for (const [, name, body] of text.matchAll(/<([a-z_]+)>\n([\s\S]*?)\n<\/\1>/g))
    blocks[name!] ??= body;
  return blocks;
}

/** All texts inside a JSON value, in order. */
export function leavesOf(value: unknown): readonly string[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) return value.flatMap(leavesOf);
  if (typeof value === 'object') return Object.values(value).flatMap(leavesOf);
  return [typeof value === 'string' ? value : JSON.stringify(value)];
}

export const flat = (value: unknown): string => leavesOf(value).join('\n');

const NAME = /^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,59}$/u;

/** The short answer that an output is, such as one name from a list; null for outputs of another kind. */
export function nameOf(outputs: unknown): string | null {
  const [only, ...more] = leavesOf(outputs).map((leaf) => leaf.trim());
  return only !== undefined && more.length === 0 && NAME.test(only) ? only : null;
}
