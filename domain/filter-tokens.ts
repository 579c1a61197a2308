/** A filter that cannot be read; `column` counts its characters from 1. */
export class FilterError extends Error {
  override readonly name = 'FilterError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly column: number;
  readonly fault: string;
  constructor(column: number, fault: string) {
    super(`filter, column ${column}: ${fault}`);
    this.column = column;
    this.fault = fault;
  }
}

export type Token = {
  readonly kind: 'word' | 'text' | 'operator' | 'open' | 'close' | 'end';
  readonly value: string;
  /** Of its first character, from 1. */
  readonly column: number;
};

const TOKEN =
  /\s*(?:([()])|(!=|>=|<=|=|>|<|~)|"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|([^\s()"'=!<>~]+))/y;

/** The words of a filter in order, the last an `end`. @throws FilterError */
export function tokens(filter: string): readonly Token[] {
  const found: Token[] = [];
  const reader = new RegExp(TOKEN);
  const length = filter.trimEnd().length;
  while (reader.lastIndex < length) {
    const from = reader.lastIndex;
    const match = reader.exec(filter);
    const column = from + (/^\s*/.exec(filter.slice(from))?.[0].length ?? 0) + 1;
    if (match === null) throw unreadable(filter, column);
    const [, bracket, operator, double, single, word] = match;
    const quoted = double ?? single;
    if (bracket !== undefined)
      found.push({ kind: bracket === '(' ? 'open' : 'close', value: bracket, column });
    else if (operator !== undefined) found.push({ kind: 'operator', value: operator, column });
    else if (quoted !== undefined)
      found.push({ kind: 'text', value: quoted.replace(/\\(.)/gs, '$1'), column });
    else found.push({ kind: 'word', value: word ?? '', column });
  }
  return [...found, { kind: 'end', value: '', column: length + 1 }];
}

function unreadable(filter: string, column: number): FilterError {
  const character = filter[column - 1] ?? '';
  return character === '"' || character === "'"
    ? new FilterError(column, `the quote ${character} is never closed`)
    : new FilterError(column, `\`${character}\` means nothing here; operators are ${OPERATORS}`);
}

export const OPERATORS = '= != > >= < <= ~ (contains)';
