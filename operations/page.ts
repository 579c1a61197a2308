import { z } from 'zod';
import { refuse } from '../contracts/invalid-input.ts';

const MOST = 500;
const DEFAULT = 50;

/** The fields of a list that is read page by page. */
export const paging = {
  limit: z.int().min(1).max(MOST).default(DEFAULT).describe('most items of one page'),
  cursor: z.string().optional().describe('`next` of the page before'),
};

export type Paging = { readonly limit: number; readonly cursor?: string | undefined };

/** A page of a list; `next` is null on the last. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() });

export type Page<Item> = { items: Item[]; next: string | null };

/**
 * A page of rows that are in an order of their own: those after the row whose key the cursor holds. What is added meanwhile neither
 * repeats nor hides a row. @throws InvalidInputError for a cursor of no row
 */
export function pageOfRows<Item>(
  rows: readonly Item[],
  { limit, cursor }: Paging,
  keyOf: (item: Item) => string,
): Page<Item> {
  const from = cursor === undefined ? 0 : rows.findIndex((row) => keyOf(row) === keyIn(cursor)) + 1;
  if (cursor !== undefined && from === 0)
    refuse('cursor', 'is of no row of this list; start again without one');
  const items = rows.slice(from, from + limit);
  const last = items.at(-1);
  const more = from + limit < rows.length && last !== undefined;
  return { items, next: more ? cursorOf(keyOf(last)) : null };
}

export const cursorOf = (key: string): string => Buffer.from(key, 'utf8').toString('base64url');
export const keyIn = (cursor: string): string => Buffer.from(cursor, 'base64url').toString('utf8');
