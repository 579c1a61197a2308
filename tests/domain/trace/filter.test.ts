import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { parseFilter } from '../../../domain/trace/filter.ts';
import { FilterError } from '../../../domain/filter-tokens.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const parse = (filter: string) => parseFilter(filter, { now: NOW });

test('the filter of the specification is read', () => {
  assert.deepEqual(
    parse(
      'status = ERROR and latency_ms > 5000 and tag.eval = complete and judge.routing = no and label.routing = wrong',
    ),
    {
      kind: 'and',
      parts: [
        { kind: 'status', operator: '=', value: 'ERROR' },
        { kind: 'number', column: 'latency_ms', operator: '>', value: 5000 },
        { kind: 'named', family: 'tag', name: 'eval', operator: '=', value: 'complete' },
        { kind: 'named', family: 'judge', name: 'routing', operator: '=', value: 'no' },
        { kind: 'named', family: 'label', name: 'routing', operator: '=', value: 'wrong' },
      ],
    },
  );
});

test('and binds closer than or, not closest, and brackets say otherwise', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((value) => ({
    kind: 'text',
    column: 'name',
    operator: '=',
    value,
  }));
  assert.deepEqual(parse('name = a or name = b and not name = c'), {
    kind: 'or',
    parts: [a, { kind: 'and', parts: [b, { kind: 'not', part: c }] }],
  });
  assert.deepEqual(parse('(name=a OR name=b) AND name=c'), {
    kind: 'and',
    parts: [{ kind: 'or', parts: [a, b] }, c],
  });
});

test('values and names with other characters are quoted', () => {
  assert.deepEqual(parse(`text ~ 'say "hi"' and tag."seen by" = "a \\"b\\""`), {
    kind: 'and',
    parts: [
      { kind: 'content', value: 'say "hi"' },
      { kind: 'named', family: 'tag', name: 'seen by', operator: '=', value: 'a "b"' },
    ],
  });
});

test('times are dates, times with or without a zone, or how long ago', () => {
  const times = {
    '2026-11-20': '2026-11-20T00:00:00Z',
    '2026-11-20T10:30': '2026-11-20T10:30:00Z',
    '"2026-11-20 10:30:05"': '2026-11-20T10:30:05Z',
    '2026-11-20T10:30+02:00': '2026-11-20T08:30:00Z',
    '-90m': '2026-11-21T10:30:00Z',
    '-24h': '2026-11-20T12:00:00Z',
    '-7d': '2026-11-14T12:00:00Z',
  };
  for (const [written, time] of Object.entries(times))
    assert.deepEqual(parse(`start >= ${written}`), {
      kind: 'start',
      operator: '>=',
      value: Date.parse(time),
    });
});

const faults: readonly (readonly [string, number, RegExp])[] = [
  ['', 1, /empty/],
  ['status = ERROR and latency > 5', 20, /`latency` is no column; there are status, start/],
  ['latency_ms > fast', 14, /compared with a number, and `fast` is none/],
  ['latency_ms', 11, /after `latency_ms` an operator is missing/],
  ['latency_ms >', 13, /after `latency_ms >` a value is missing/],
  ['status = BROKEN', 10, /OK or ERROR, not `BROKEN`/],
  ['status > OK', 8, /`status` is compared with = or !=/],
  ['name > a', 6, /is a text: use =, != or ~/],
  ['tokens ~ 5', 8, /is no text/],
  ['text = refund', 6, /write `text ~ "refund"`/],
  ['tag. = x', 1, /`tag` needs a name/],
  ['tag.a > 5', 7, /have no order/],
  ['judge.a > high', 11, /compared with a number/],
  ['start > noon', 9, /is no time: write 2026-11-20/],
  ['start > 2026-13-45', 9, /is no time/],
  ['name = "open', 8, /the quote " is never closed/],
  ['(name = a', 1, /bracket is never closed/],
  ['name = a)', 9, /never opened/],
  ['name = a name = b', 10, /`name` follows a whole comparison; join them/],
  ['name = a and', 13, /a column is missing/],
  ['name ! a', 6, /`!` means nothing here/],
];

for (const [filter, column, pattern] of faults)
  test(`\`${filter}\` is refused at column ${column}`, () => {
    assert.throws(
      () => parse(filter),
      (error: unknown) => {
        assert.ok(error instanceof FilterError);
        assert.match(error.fault, pattern);
        assert.equal(error.column, column);
        return true;
      },
    );
  });

test('whatever is written, the parser answers with a filter or a FilterError within it', () => {
  const word = fc.constantFrom(
    'status',
    'tag.a',
    'and',
    'or',
    'not',
    '(',
    ')',
    '=',
    '~',
    '>',
    'OK',
    '5',
    '"x',
    "'",
    '!',
  );
  const written = fc.oneof(
    fc.string(),
    fc.array(word).map((words) => words.join(' ')),
  );
  fc.assert(
    fc.property(written, (filter) => {
      try {
        parse(filter);
      } catch (error) {
        if (!(error instanceof FilterError)) throw error;
        assert.ok(error.column >= 1 && error.column <= filter.length + 1, String(error.column));
      }
    }),
    { numRuns: 2_000 },
  );
  assert.throws(() => parse('('.repeat(100_000)), FilterError);
});

const many = (count: number): string => Array.from({ length: count }, () => 'text~q').join(' or ');

test('a filter that would keep the database busy is refused with its place: too many comparisons, too long, a NUL', () => {
  assert.doesNotThrow(() => parse(many(64)));
  assert.throws(() => parse(many(65)), /column \d+: there are more than 64 comparisons/);
  assert.throws(() => parse(`not (${many(700)})`), /more than 64|past 4000/);
  assert.throws(() => parse(`text ~ "${'x'.repeat(4_000)}"`), /past 4000 characters/);
  assert.throws(() => parse('text ~ "a\0b"'), /column 10: there is a NUL/);
});
