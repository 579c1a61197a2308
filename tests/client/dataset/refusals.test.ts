import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALL, attune, dataset, file, json, line } from './rows.ts';

test('what cannot be done ends with 2, says why, and makes no version', async () => {
  const name = await dataset();
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ['merge', 'nothing', file('x.jsonl', [line(0)])],
      /dataset `nothing` is not there; see `attune dataset list`/,
    ],
    [['merge', name, 'none.jsonl'], /there is no such file/],
    [['merge', name, file('bad.jsonl', [{ inputs: 5 }])], /bad\.jsonl:1: inputs/],
    [
      ['merge', name, file('moved.jsonl', [{ ...line(0), conversation: 'other' }])],
      /belongs to conversation/,
    ],
    [['edit', name, '--set', 'tags.a=b'], /--row: is needed/],
    [['edit', name, '--row', 'r0'], /--set: is needed/],
    [['edit', name, '--row', 'r0', '--set', 'id=new'], /`id` is no field of a row; use inputs\.x/],
    [['edit', name, '--row', 'r0', '--set', 'tags.a'], /`tags\.a` is not field=value/],
    [['edit', name, '--row', 'r0', '--row', 'r77', '--remove'], /--row r77: is no row of set-/],
    [
      ['edit', name, '--row', 'r0', '--remove', '--set', 'tags.a=b'],
      /leave --set and --unset away/,
    ],
    [['edit', name, ...ALL.flatMap(({ id }) => ['--row', id]), '--remove'], /the dataset is empty/],
    [['filter', name, 'tag.lang = fr'], /tag\.lang = fr: finds no row of set-/],
    [
      ['filter', name, 'latency_ms > 5'],
      /filter, column 1: `latency_ms` is no column of a row; there are id/,
    ],
    [['filter', name, 'tag.lang > 5'], /`tag\.lang` is a text: use =, != or ~/],
    [['filter', name, 'inputs.n > many'], /compared with a number, and `many` is none/],
    [['filter', name, 'id = r0 id = r1'], /column 9: `id` follows a whole comparison/],
    [['filter', name, 'id = r0', '--as', 'Not OK'], /`Not OK` is no name/],
    [['tag', name, 'id = r0'], /--set: is needed/],
    [['tag', name, '--row', 'r99', '--set', 'a=b'], /--row r99: is no row/],
    [['from-traces', 'x', 'status = FINE'], /a status is OK or ERROR/],
    [['from-traces', 'x', 'name = nobody'], /finds no trace; try it with `attune trace search`/],
    [['from-traces', 'x', '--limit', 'few'], /--limit: `few` is no number/],
    [['diff', name, `${name}@9`], /dataset `set-\d+@9` is not there/],
    [['versions', 'nothing'], /dataset `nothing` does not exist/],
  ];
  for (const [args, message] of cases) {
    const { code, err, out } = await attune('dataset', ...args);
    assert.match(err + out, message);
    assert.equal(code, 2, err);
  }
  assert.equal((await json<object[]>('dataset', 'versions', name)).length, 1);
});
