import { isMap, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { InvalidInputError } from '../errors.ts';
import { issuesOf } from './issues.ts';
import { readText } from './read.ts';

/**
 * A YAML or JSON file under a schema.
 * @throws InvalidInputError with every fault, its path in the document and its line in the file
 */
export function readDocument<T>(path: string, schema: z.ZodType<T>): T {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0)
    throw new InvalidInputError(
      document.errors.map((error) => ({
        at: `${path}:${lines.linePos(error.pos[0]).line}`,
        message: error.message,
      })),
    );
  const checked = schema.safeParse(document.toJS());
  if (checked.success) return checked.data;
  throw new InvalidInputError(
    issuesOf(checked.error).map(({ path: keys, message }) => ({
      at: `${path}:${lineOf(keys)}`,
      message: keys.length === 0 ? message : `${keys.join('.')}: ${message}`,
    })),
  );

  function lineOf(keys: readonly (string | number)[]): number {
    for (let depth = keys.length; depth > 0; depth--) {
      const position = positionOf(keys.slice(0, depth));
      if (position !== undefined) return lines.linePos(position).line;
    }
    return 1;
  }

  function positionOf(keys: readonly (string | number)[]): number | undefined {
    const parent: unknown =
      keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1), true);
    const last = keys.at(-1);
    if (isMap(parent)) {
      const key = parent.items.find((pair) => String(pair.key) === String(last))?.key;
      return rangeOf(key);
    }
    return rangeOf(document.getIn(keys, true));
  }
}

function rangeOf(node: unknown): number | undefined {
  const found = node as { readonly range?: readonly number[] | null } | undefined | null;
  return found?.range?.[0];
}
