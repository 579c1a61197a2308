import { type RawBuilder, sql } from 'kysely';
import type { Operator } from '../../contracts/filter.ts';
import type {
  Comparison,
  NumberColumn,
  TextColumn,
  TraceFilter,
} from '../../contracts/trace-filter.ts';
import { STANDING_LABEL } from '../labels/standing.ts';

type Condition = RawBuilder<boolean>;
type Named = Extract<Comparison, { kind: 'named' }>;

/** Condition on the table `trace t`: those of gates are sealed, and nobody sees them. */
export const UNSEALED_TRACE = sql<boolean>`not exists (select from run u
  where u.project = t.project and u.name = t.run and u.kind = 'gate')`;

/** A filter as a condition on the table `trace t`; never null, so that `not` means what it says. */
export function conditionOf(filter: TraceFilter): Condition {
  if (filter.kind === 'and' || filter.kind === 'or') {
    const word = filter.kind === 'and' ? sql` and ` : sql` or `;
    return sql`(${sql.join(filter.parts.map(conditionOf), word)})`;
  }
  if (filter.kind === 'not') return sql`not ${conditionOf(filter.part)}`;
  return sql`coalesce(${comparisonOf(filter)}, false)`;
}

function comparisonOf(comparison: Comparison): Condition {
  switch (comparison.kind) {
    case 'status':
      return compare(sql`t.status`, comparison);
    case 'start':
      return compare(sql`t.started`, comparison);
    case 'number':
      return compare(NUMBERS[comparison.column], comparison);
    case 'text':
      return textOf(comparison.column, (value) => compare(value, comparison));
    case 'content':
      return contentHas(comparison.value);
    case 'named':
      return namedOf(comparison);
  }
}

const NUMBERS: Readonly<Record<NumberColumn, RawBuilder<unknown>>> = {
  latency_ms: sql`t.latency_ms`,
  tokens: sql`t.input_tokens + t.output_tokens`,
  input_tokens: sql`t.input_tokens`,
  output_tokens: sql`t.output_tokens`,
  spans: sql`(select count(*) from span s where s.project = t.project and s.trace = t.id)`,
};

function textOf(column: TextColumn, test: (value: RawBuilder<unknown>) => Condition): Condition {
  if (column === 'tool') return anySpan(sql`s.kind = 'tool' and ${test(sql`s.name`)}`);
  if (column === 'error') return anySpan(sql`s.status = 'ERROR' and ${test(sql`s.message`)}`);
  return test(sql.ref(`t.${column}`));
}

const anySpan = (condition: RawBuilder<unknown>): Condition =>
  sql`exists (select from span s where s.project = t.project and s.trace = t.id
    and ${condition})`;

/** JSON columns hold the text as JSON writes it, so that is what is looked for. */
function contentHas(text: string): Condition {
  const raw = contains(text);
  const quoted = contains(JSON.stringify(text).slice(1, -1));
  return sql`(t.inputs::text ilike ${quoted} or t.outputs::text ilike ${quoted}
    or ${anySpan(sql`(s.inputs::text ilike ${quoted} or s.outputs::text ilike ${quoted}
      or s.name ilike ${raw} or s.message ilike ${raw})`)})`;
}

/**
 * A tag; or some verdict of a judge, or some label that no later one supersedes. Gates' verdicts count for nobody: their content is sealed.
 */
function namedOf(comparison: Named): Condition {
  const { family, name } = comparison;
  if (family === 'tag') return compare(sql`t.tags ->> ${name}`, comparison);
  if (family === 'attribute') return anySpan(attributeIs(comparison));
  if (family === 'label')
    return sql`exists (select from label l
      where l.project = t.project and l.trace = t.id and l.name = ${name} and ${STANDING_LABEL}
        and ${valueIs(sql`l.value`, sql`null::float8`, comparison)})`;
  return sql`exists (select from rollout o
    join run u on u.project = o.project and u.name = o.run and u.kind <> 'gate'
    join assessment a on a.project = o.project and a.run = o.run and a.ordinal = o.ordinal
    where o.project = t.project and o.trace = t.id and a.name = ${name}
      and ${valueIs(sql`a.value`, sql`a.score`, comparison)})`;
}

/** An attribute of some span, by its text: every digit counts, also of numbers that no double holds. */
function attributeIs({ name, operator, value }: Named): Condition {
  const shown = sql`s.attributes ->> ${name}`;
  if (operator === '=' || operator === '!=' || operator === '~')
    return compare(shown, { operator, value });
  const number = sql`case when ${shown} ~ '^-?[0-9]{1,200}([.][0-9]{1,200})?([eE][+-]?[0-9]{1,3})?$' then (${shown})::numeric end`;
  return sql`${number} ${OPERATORS[operator]} ${value}::numeric`;
}

/** Orders by the number a value is, else by its score; `yes` and `no` are also true and false. */
function valueIs(
  value: RawBuilder<unknown>,
  score: RawBuilder<unknown>,
  { operator, value: wanted }: Named,
): Condition {
  const shown = sql`${value}::text`;
  if (operator === '~') return sql`${shown} ilike ${contains(JSON.stringify(wanted).slice(1, -1))}`;
  if (operator === '=') return sql`${shown} = any(${spellings(wanted)}::text[])`;
  if (operator === '!=') return sql`${shown} <> all(${spellings(wanted)}::text[])`;
  const number = sql`case when json_typeof(${value}) = 'number' then ${shown}::float8
    else ${score} end`;
  return compare(number, { operator, value: Number(wanted) });
}

function spellings(wanted: string): readonly string[] {
  const word = wanted.toLowerCase();
  const truth =
    word === 'yes' || word === 'true'
      ? ['true', '"yes"', '"true"']
      : word === 'no' || word === 'false'
        ? ['false', '"no"', '"false"']
        : [];
  const number = wanted.trim() !== '' && Number.isFinite(Number(wanted)) ? [Number(wanted)] : [];
  return [JSON.stringify(wanted), ...truth, ...number.map(String)];
}

type Compared = { readonly operator: Operator; readonly value: string | number };

function compare(left: RawBuilder<unknown>, { operator, value }: Compared): Condition {
  if (operator === '~') return sql`${left} ilike ${contains(String(value))}`;
  if (typeof value === 'number') return sql`${left} ${OPERATORS[operator]} ${value}::float8`;
  return sql`${left} ${OPERATORS[operator]} ${value}::text`;
}

const OPERATORS: Readonly<Record<Exclude<Operator, '~'>, RawBuilder<unknown>>> = {
  '=': sql`=`,
  '!=': sql`<>`,
  '>': sql`>`,
  '>=': sql`>=`,
  '<': sql`<`,
  '<=': sql`<=`,
};

const contains = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;
