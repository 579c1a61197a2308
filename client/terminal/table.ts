import { dim, pad, width } from './style.ts';

/** Rows under headings, columns as wide as their widest cell; no lines, so that it can be cut and searched. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(width(heading), ...rows.map((row) => width(row[column] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    widths
      .map((size, column) => pad(cells[column] ?? '', size))
      .join('  ')
      .trimEnd();
  return [line(headings.map((heading) => dim(heading))), ...rows.map(line)].join('\n');
}
