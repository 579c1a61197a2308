import type { Filter } from '../contracts/filter.ts';
import { FilterError, OPERATORS, type Token, tokens } from './filter-tokens.ts';

/** A comparison as it was written. */
export type Compared = { readonly column: Token; readonly operator: Token; readonly value: Token };

/** What a filter compares. */
export type Grammar<Comparison> = {
  /** The columns there are, for messages. */
  readonly columns: string;
  /** What is written where nothing is. */
  readonly example: string;
  /** @throws FilterError */
  readonly read: (compared: Compared) => Comparison;
};

const DEEPEST = 50;
const LONGEST = 4_000;
/** Each comparison is made with every row: without a bound one request would keep a database busy for as long as its writer likes. */
const MOST_COMPARISONS = 64;

/** Reads a filter under a grammar. @throws FilterError naming the column */
export function readFilter<C>(filter: string, grammar: Grammar<C>): Filter<C> {
  if (filter.length > LONGEST)
    throw new FilterError(LONGEST, `it goes on past ${LONGEST} characters; write a shorter one`);
  const nul = filter.indexOf('\0');
  if (nul >= 0) throw new FilterError(nul + 1, 'there is a NUL character; leave it out');
  const reader = createReader(tokens(filter));
  if (reader.peek().kind === 'end')
    throw new FilterError(
      1,
      `it is empty; write something like \`${grammar.example}\`, or leave it out`,
    );
  const parsed = either({ ...bounded(grammar), reader, depth: 0 });
  const rest = reader.peek();
  if (rest.kind === 'close') throw new FilterError(rest.column, 'this bracket was never opened');
  if (rest.kind !== 'end')
    throw new FilterError(
      rest.column,
      `\`${rest.value}\` follows a whole comparison; join them with \`and\` or \`or\``,
    );
  return parsed;
}

function bounded<C>(grammar: Grammar<C>): Grammar<C> {
  let comparisons = 0;
  return {
    ...grammar,
    read(compared) {
      comparisons += 1;
      if (comparisons > MOST_COMPARISONS)
        throw new FilterError(
          compared.column.column,
          `there are more than ${MOST_COMPARISONS} comparisons; write fewer, or ask several times`,
        );
      return grammar.read(compared);
    },
  };
}

type Reader = { peek(): Token; next(): Token };
type Parsing<C> = Grammar<C> & { readonly reader: Reader; readonly depth: number };

function createReader(list: readonly Token[]): Reader {
  let at = 0;
  return { peek: () => list[at]!, next: () => list[at < list.length - 1 ? at++ : at]! };
}

const isWord = (token: Token, word: string): boolean =>
  token.kind === 'word' && token.value.toLowerCase() === word;

function either<C>(parsing: Parsing<C>): Filter<C> {
  const parts = joined(parsing, 'or', both);
  return parts.length === 1 ? parts[0]! : { kind: 'or', parts };
}

function both<C>(parsing: Parsing<C>): Filter<C> {
  const parts = joined(parsing, 'and', single);
  return parts.length === 1 ? parts[0]! : { kind: 'and', parts };
}

function joined<C>(
  parsing: Parsing<C>,
  word: 'and' | 'or',
  part: (parsing: Parsing<C>) => Filter<C>,
): readonly Filter<C>[] {
  const parts = [part(parsing)];
  while (isWord(parsing.reader.peek(), word)) {
    parsing.reader.next();
    parts.push(part(parsing));
  }
  return parts;
}

function single<C>(parsing: Parsing<C>): Filter<C> {
  const { reader, depth } = parsing;
  const inner = { ...parsing, depth: depth + 1 };
  const token = reader.peek();
  if (depth > DEEPEST) throw new FilterError(token.column, `is nested deeper than ${DEEPEST}`);
  if (isWord(token, 'not')) {
    reader.next();
    return { kind: 'not', part: single(inner) };
  }
  if (token.kind !== 'open') return comparison(parsing);
  reader.next();
  const parsed = either(inner);
  if (reader.next().kind !== 'close')
    throw new FilterError(token.column, 'this bracket is never closed');
  return parsed;
}

function comparison<C>({ reader, columns, read }: Parsing<C>): C {
  const column = reader.next();
  if (column.kind !== 'word')
    throw new FilterError(column.column, `here a column is missing; there are ${columns}`);
  // A name with other characters is quoted, right after its family: tag."reviewed by".
  const quoted = column.value.endsWith('.') && reader.peek().kind === 'text' ? reader.next() : null;
  const name = `${column.value}${quoted?.value ?? ''}`;
  const operator = reader.next();
  if (operator.kind !== 'operator')
    throw new FilterError(
      operator.column,
      `after \`${name}\` an operator is missing: one of ${OPERATORS}`,
    );
  const value = reader.next();
  if (value.kind !== 'word' && value.kind !== 'text')
    throw new FilterError(value.column, `after \`${name} ${operator.value}\` a value is missing`);
  return read({ column: { ...column, value: name }, operator, value });
}

/** The number that an ordered comparison is made with. @throws FilterError */
export function numberOf({ column, value }: Compared): number {
  const number = readNumber(value.value);
  if (number !== null) return number;
  throw new FilterError(
    value.column,
    `\`${column.value}\` is compared with a number, and \`${value.value}\` is none`,
  );
}

/** Null where a text is no number. */
export function readNumber(text: string): number | null {
  const number = text.trim() === '' ? NaN : Number(text);
  return Number.isFinite(number) ? number : null;
}

/** `text` is looked for anywhere: nothing but `~` says so. @throws FilterError */
export function anywhere({ operator }: Compared): void {
  if (operator.value !== '~')
    throw new FilterError(
      operator.column,
      '`text` is looked for anywhere: write `text ~ "refund"`',
    );
}
