import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { InvalidInputError, issuesOf } from '../../contracts/invalid-input.ts';
import { readText } from './read.ts';

type Keys = readonly (string | number)[];

/** What a file holds, and where in the file: `at(['gate', 'alpha'])` is `spec.yaml:12`. */
export type Located<T> = { readonly value: T; readonly at: (keys: Keys) => string };

/**
 * A YAML or JSON file under a schema.
 * @throws InvalidInputError with every fault, its path in the document and its line in the file
 */
export function readDocument<T>(path: string, schema: z.ZodType<T>): Located<T> {
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines, prettyErrors: false });
  const at = (keys: Keys): string => `${path}:${lines.linePos(positionOf(document, keys)).line}`;
  if (document.errors.length > 0)
    throw new InvalidInputError(
      document.errors.map((error) => ({
        at: `${path}:${lines.linePos(error.pos[0]).line}`,
        message: error.message,
      })),
    );
  const checked = schema.safeParse(document.toJS());
  if (checked.success) return { value: checked.data, at };
  throw new InvalidInputError(
    issuesOf(checked.error, schema).map(({ path: keys, message }) => ({
      at: at(keys),
      message: keys.length === 0 ? message : `${keys.join('.')}: ${message}`,
    })),
  );
}

/** Offset of a field's key; of the nearest field above that is there when it is missing. */
function positionOf(document: Document, keys: Keys): number {
  for (let depth = keys.length; depth > 0; depth--) {
    const above: unknown =
      depth === 1 ? document.contents : document.getIn(keys.slice(0, depth - 1), true);
    const last = keys[depth - 1];
    const node: unknown = isMap(above)
      ? above.items.find((pair) => String(pair.key) === String(last))?.key
      : document.getIn(keys.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
