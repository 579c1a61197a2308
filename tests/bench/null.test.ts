import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isClaimed, NULL_CELLS } from '../../bench/null-cells.ts';
import { runCell } from '../../bench/null-run.ts';

const LONG = process.env['ATTUNE_LONG'] === '1';
const levelOf = ({ looks }: { readonly looks: number }) => (looks > 1 ? 0.05 : 0.025);

test('the real search names a finalist among equal candidates in most searches, and the gate stops it', () => {
  const cell = NULL_CELLS.find(({ searched, candidates }) => searched && candidates === 5)!;
  const { naive, gate, gateError } = runCell(cell, 40);
  assert.ok(naive > 0.5, `the naive rule promotes in ${naive}`);
  assert.ok(gate <= levelOf(cell) + 2 * gateError, `the gate promotes in ${gate}`);
});

test(
  '200 cycles of every null setting that the claim names: wrong promotions stay within the level',
  { skip: !LONG && 'takes minutes; set ATTUNE_LONG=1' },
  () => {
    const over = NULL_CELLS.filter(isClaimed)
      .map((cell) => ({ level: levelOf(cell), ...runCell(cell, 200) }))
      .filter(({ gate, gateError, level }) => gate > level + 2 * gateError);
    assert.deepEqual(over, []);
  },
);
