import type { z } from 'zod';
import { type Fault, InvalidInputError, issuesOf } from '../../contracts/invalid-input.ts';
import { NOTHING, type Numbered, refuseFile } from './json-lines.ts';
import { readText } from './read.ts';

const GROUPS = ['inputs', 'outputs', 'expectations', 'tags'];
const PLAIN = ['id', 'conversation'];

/**
 * Rows of a CSV file (RFC 4180) with headings: `id`, `conversation`, `inputs.x`, `outputs.x`, `expectations.x`, `tags.x`; a heading
 * without a group is a field of the inputs. Empty cells are absent.
 * @throws InvalidInputError naming each bad line
 */
export function readCsv<T>(path: string, schema: z.ZodType<T>): readonly Numbered<T>[] {
  const [head, ...rest] = records(path, readText(path));
  if (head === undefined) return [];
  const faults: Fault[] = [];
  const rows = rest.flatMap(({ line, cells }) => {
    if (cells.length !== head.cells.length) {
      const message = `has ${cells.length} cells where the heading has ${head.cells.length}`;
      faults.push({ at: `${path}:${line}`, message });
      return [];
    }
    const checked = schema.safeParse(objectOf(head.cells, cells));
    if (checked.success) return [{ line, value: checked.data }];
    for (const issue of issuesOf(checked.error))
      faults.push({ at: `${path}:${line}`, message: `${issue.path.join('.')}: ${issue.message}` });
    return [];
  });
  refuseFile(faults);
  return rows;
}

function objectOf(headings: readonly string[], cells: readonly string[]): object {
  const row: Record<string, unknown> = { inputs: {} };
  for (const [index, heading] of headings.entries()) {
    const cell = cells[index] ?? '';
    if (cell === '') continue;
    const [group = '', ...field] = heading.split('.');
    if (PLAIN.includes(heading)) row[heading] = cell;
    else if (field.length > 0 && GROUPS.includes(group))
      row[group] = { ...(row[group] as object | undefined), [field.join('.')]: cell };
    else row['inputs'] = { ...(row['inputs'] as object), [heading]: cell };
  }
  return row;
}

type Cells = { readonly line: number; readonly cells: readonly string[] };

function records(path: string, text: string): readonly Cells[] {
  const found: Cells[] = [];
  let cells: string[] = [];
  let line = 1;
  let start = 1;
  // A cell in quotes (doubled inside), or up to a comma or line end; then the comma, line end or end of file.
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r?\n|$)/gy;
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (match === null)
      throw new InvalidInputError(
        [
          {
            at: `${path}:${line}`,
            message: `has a stray quote near \`${text.slice(at, at + 20)}\``,
          },
        ],
        NOTHING,
      );
    const [whole, content = '', end = ''] = match;
    cells.push(content.startsWith('"') ? content.slice(1, -1).replaceAll('""', '"') : content);
    line += whole.split('\n').length - 1;
    if (end === ',' && cell.lastIndex < text.length) continue;
    if (end === ',') cells.push('');
    if (cells.some((value) => value !== '')) found.push({ line: start, cells });
    cells = [];
    start = line;
  }
  return found;
}
