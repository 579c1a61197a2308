import type { Equality, Operator, Ordering } from '../../contracts/filter.ts';
import {
  type Comparison,
  FAMILIES,
  type Family,
  NUMBER_COLUMNS,
  type NumberColumn,
  TEXT_COLUMNS,
  type TextColumn,
} from '../../contracts/trace-filter.ts';
import { anywhere, type Compared, numberOf } from '../filter.ts';
import { FilterError, type Token } from '../filter-tokens.ts';

const isOneOf = <T extends string>(list: readonly T[], name: string): name is T =>
  (list as readonly string[]).includes(name);

/** What a column, an operator and a value mean together. @throws FilterError */
export function comparisonOf(compared: Compared, now: number): Comparison {
  const { column, value } = compared;
  const name = column.value;
  if (name === 'status')
    return { kind: 'status', operator: equality(compared), value: statusOf(value) };
  if (name === 'start')
    return { kind: 'start', operator: ordering(compared), value: timeOf(value, now) };
  if (name === 'text') return contentOf(compared);
  if (isOneOf<NumberColumn>(NUMBER_COLUMNS, name))
    return {
      kind: 'number',
      column: name,
      operator: ordering(compared),
      value: numberOf(compared),
    };
  if (isOneOf<TextColumn>(TEXT_COLUMNS, name))
    return { kind: 'text', column: name, operator: likeness(compared), value: value.value };
  return namedOf(compared);
}

function namedOf(compared: Compared): Comparison {
  const { column, operator, value } = compared;
  const [, family = '', name = ''] = /^([^.]*)\.?(.*)$/s.exec(column.value) ?? [];
  if (!isOneOf<Family>(FAMILIES, family))
    throw new FilterError(
      column.column,
      `\`${column.value}\` is no column; there are status, start, text, ${[...NUMBER_COLUMNS, ...TEXT_COLUMNS].join(', ')}, tag.<name>, attribute.<name>, judge.<name> and label.<name>`,
    );
  if (name === '')
    throw new FilterError(column.column, `\`${family}\` needs a name, as in \`${family}.eval\``);
  const isOrder = !['=', '!=', '~'].includes(operator.value);
  if (isOrder && family === 'tag')
    throw new FilterError(operator.column, 'tags are texts and have no order: use =, != or ~');
  if (isOrder && !(family === 'attribute' && DECIMAL.test(value.value))) numberOf(compared);
  return { kind: 'named', family, name, operator: operator.value as Operator, value: value.value };
}

/** Attributes keep numbers that no double holds, so that they are compared with such. */
const DECIMAL = /^-?\d+(\.\d+)?$/;

function contentOf(compared: Compared): Comparison {
  anywhere(compared);
  return { kind: 'content', value: compared.value.value };
}

function equality({ column, operator }: Compared): Equality {
  if (operator.value === '=' || operator.value === '!=') return operator.value;
  throw new FilterError(operator.column, `\`${column.value}\` is compared with = or !=`);
}

function likeness({ column, operator }: Compared): Equality | '~' {
  if (['=', '!=', '~'].includes(operator.value)) return operator.value as Equality | '~';
  throw new FilterError(
    operator.column,
    `\`${column.value}\` is a text: use =, != or ~ (contains)`,
  );
}

function ordering({ column, operator }: Compared): Ordering {
  if (operator.value !== '~') return operator.value as Ordering;
  throw new FilterError(operator.column, `\`${column.value}\` is no text: use = != > >= < <=`);
}

function statusOf(value: Token): 'OK' | 'ERROR' {
  const word = value.value.toUpperCase();
  if (word === 'OK' || word === 'ERROR') return word;
  throw new FilterError(value.column, `a status is OK or ERROR, not \`${value.value}\``);
}

const UNITS: Readonly<Record<string, number>> = { m: 6e4, h: 36e5, d: 864e5, w: 6048e5 };

/** A date, a time (UTC unless it says a zone), or how long ago: `-30m`, `-24h`, `-7d`, `-2w`. */
function timeOf(value: Token, now: number): number {
  const [, amount, unit] = /^-(\d{1,6})([mhdw])$/.exec(value.value) ?? [];
  if (amount !== undefined && unit !== undefined) return now - Number(amount) * UNITS[unit]!;
  const isDate = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/;
  const zoned = /(Z|[+-]\d{2}:\d{2})$/.test(value.value) || value.value.length === 10;
  const time = isDate.test(value.value)
    ? Date.parse(`${value.value.replace(' ', 'T')}${zoned ? '' : 'Z'}`)
    : NaN;
  if (!Number.isNaN(time)) return time;
  throw new FilterError(
    value.column,
    `\`${value.value}\` is no time: write 2026-11-20, 2026-11-20T14:30Z, or how long ago: -24h`,
  );
}
