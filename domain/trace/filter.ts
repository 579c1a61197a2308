import {
  FAMILIES,
  NUMBER_COLUMNS,
  TEXT_COLUMNS,
  type TraceFilter,
} from '../../contracts/trace-filter.ts';
import { comparisonOf } from './filter-comparison.ts';
import { FilterError, type Token, tokens } from './filter-tokens.ts';

const DEEPEST = 50;

/**
 * Reads a filter such as `status = ERROR and latency_ms > 5000 and not (tag.eval = complete or judge.routing = no)`. `now`, in milliseconds, is what `start >
 * -24h` counts from.
 * @throws FilterError naming the column
 */
export function parseFilter(filter: string, { now }: { readonly now: number }): TraceFilter {
  const reader = createReader(tokens(filter));
  if (reader.peek().kind === 'end')
    throw new FilterError(1, 'it is empty; write something like `status = ERROR`, or leave it out');
  const parsed = either({ reader, now, depth: 0 });
  const rest = reader.peek();
  if (rest.kind === 'close') throw new FilterError(rest.column, 'this bracket was never opened');
  if (rest.kind !== 'end')
    throw new FilterError(
      rest.column,
      `\`${rest.value}\` follows a whole comparison; join them with \`and\` or \`or\``,
    );
  return parsed;
}

type Reader = { peek(): Token; next(): Token };
type Parsing = { readonly reader: Reader; readonly now: number; readonly depth: number };

function createReader(list: readonly Token[]): Reader {
  let at = 0;
  return { peek: () => list[at]!, next: () => list[at < list.length - 1 ? at++ : at]! };
}

const isWord = (token: Token, word: string): boolean =>
  token.kind === 'word' && token.value.toLowerCase() === word;

function either(parsing: Parsing): TraceFilter {
  const parts = joined(parsing, 'or', (inner) => joinedOf(inner));
  return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
}

function joinedOf(parsing: Parsing): TraceFilter {
  const parts = joined(parsing, 'and', single);
  return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
}

function joined(
  parsing: Parsing,
  word: 'and' | 'or',
  part: (parsing: Parsing) => TraceFilter,
): readonly TraceFilter[] {
  const parts = [part(parsing)];
  while (isWord(parsing.reader.peek(), word)) {
    parsing.reader.next();
    parts.push(part(parsing));
  }
  return parts;
}

function single({ reader, now, depth }: Parsing): TraceFilter {
  const inner = { reader, now, depth: depth + 1 };
  const token = reader.peek();
  if (depth > DEEPEST) throw new FilterError(token.column, `is nested deeper than ${DEEPEST}`);
  if (isWord(token, 'not')) {
    reader.next();
    return { kind: 'not', part: single(inner) };
  }
  if (token.kind !== 'open') return comparison({ reader, now });
  reader.next();
  const parsed = either(inner);
  if (reader.next().kind !== 'close')
    throw new FilterError(token.column, 'this bracket is never closed');
  return parsed;
}

function comparison({ reader, now }: Pick<Parsing, 'reader' | 'now'>): TraceFilter {
  const column = reader.next();
  if (column.kind !== 'word')
    throw new FilterError(column.column, `here a column is missing; there are ${COLUMNS}`);
  // A name with other characters is quoted, right after its family: tag."reviewed by".
  const quoted = column.value.endsWith('.') && reader.peek().kind === 'text' ? reader.next() : null;
  const name = `${column.value}${quoted?.value ?? ''}`;
  const operator = reader.next();
  if (operator.kind !== 'operator')
    throw new FilterError(
      operator.column,
      `after \`${name}\` an operator is missing: one of = != > >= < <= ~ (contains)`,
    );
  const value = reader.next();
  if (value.kind !== 'word' && value.kind !== 'text')
    throw new FilterError(value.column, `after \`${name} ${operator.value}\` a value is missing`);
  return comparisonOf({ column: { ...column, value: name }, operator, value }, now);
}

const COLUMNS = [
  'status',
  'start',
  'text',
  ...NUMBER_COLUMNS,
  ...TEXT_COLUMNS,
  ...FAMILIES.map((family) => `${family}.<name>`),
].join(', ');
