import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { NOTHING } from './json-lines.ts';

/** The cells of one record with the line on which it starts. */
export type Cells = { readonly line: number; readonly cells: readonly string[] };

const SEPARATORS = [',', ';', '\t', '|'] as const;
type Separator = (typeof SEPARATORS)[number];

/**
 * Records of separated text (RFC 4180 with any of four separators, any line end, and Excel's `sep=` line); those without content left out.
 * @throws InvalidInputError for a stray quote, or when two separators are as likely
 */
export function readSeparated(path: string, text: string): readonly Cells[] {
  const named = /^"?sep=(.)"?(?:\r\n|\n|\r)/i.exec(text);
  if (named === null) return records({ path, text, separator: separatorOf(path, text), line: 1 });
  const separator = SEPARATORS.find((each) => each === named[1]);
  if (separator === undefined) return refuse(`${path}:1`, `names the separator \`${named[1]}\``);
  return records({ path, text: text.slice(named[0].length), separator, line: 2 });
}

/** The separator that the heading has outside of quotes; none is needed where there is one column. */
function separatorOf(path: string, text: string): Separator {
  const [heading = ''] = text.replaceAll(/"(?:[^"]|"")*"/g, '').split(/[\r\n]/, 1);
  const counts = SEPARATORS.map((separator) => ({
    separator,
    times: heading.split(separator).length - 1,
  })).filter(({ times }) => times > 0);
  const [first, second] = counts.toSorted((a, b) => b.times - a.times);
  if (first !== undefined && second?.times === first.times)
    return refuse(
      `${path}:1`,
      `the heading has as many \`${shown(first.separator)}\` as \`${shown(second.separator)}\`: ` +
        `which separates the columns? Say it in a first line, such as \`sep=${shown(first.separator)}\``,
    );
  return first?.separator ?? ',';
}

const shown = (separator: string): string => (separator === '\t' ? '(tab)' : separator);

type Separated = {
  readonly path: string;
  readonly text: string;
  readonly separator: Separator;
  readonly line: number;
};

function records({ path, text, separator, line: first }: Separated): readonly Cells[] {
  const found: Cells[] = [];
  let cells: string[] = [];
  let line = first;
  let start = first;
  const bar = separator === '|' ? '\\|' : separator;
  // A cell in quotes (doubled inside), or up to a separator or line end; then the separator, line end or end of file.
  const cell = new RegExp(`("(?:[^"]|"")*"|[^"${bar}\\r\\n]*)(${bar}|\\r\\n|\\n|\\r|$)`, 'gy');
  while (cell.lastIndex < text.length) {
    const at = cell.lastIndex;
    const match = cell.exec(text);
    if (match === null)
      return refuse(`${path}:${line}`, `has a stray quote near \`${text.slice(at, at + 20)}\``);
    const [whole, content = '', end = ''] = match;
    cells.push(content.startsWith('"') ? content.slice(1, -1).replaceAll('""', '"') : content);
    if (/[\r\n]/.test(whole)) line += whole.split(/\r\n|\n|\r/).length - 1;
    if (end === separator && cell.lastIndex < text.length) continue;
    if (end === separator) cells.push('');
    if (cells.some((value) => value.trim() !== '')) found.push({ line: start, cells });
    cells = [];
    start = line;
  }
  return found;
}

function refuse(at: string, message: string): never {
  throw new InvalidInputError([{ at, message }], NOTHING);
}
