/** JSON text for a `json` column; null stays null. */
export const json = (value: unknown): string => JSON.stringify(value);

export const jsonOrNull = (value: unknown): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value);

/** Text without NUL, which PostgreSQL cannot hold: models write it now and then. */
export const plainText = (text: string): string => text.replaceAll('\u0000', '\uFFFD');

/** Rows as one array a column, for `unnest`: one statement and one plan whatever their number. */
export function columns<Row, Columns extends Readonly<Record<string, (row: Row) => unknown>>>(
  rows: readonly Row[],
  read: Columns,
): { readonly [Name in keyof Columns]: readonly unknown[] } {
  const entries = Object.entries(read).map(([name, of]) => [name, rows.map(of)] as const);
  return Object.fromEntries(entries) as unknown as {
    readonly [Name in keyof Columns]: readonly unknown[];
  };
}
