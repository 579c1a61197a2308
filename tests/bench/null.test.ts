import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellId, isClaimed, NULL_CELLS } from '../../bench/null/cells.ts';
import { runCells } from '../../bench/null/pool.ts';
import { signFlip, signFlipWins } from '../../domain/statistics/sign-flip.ts';
import { createStream } from '../../domain/statistics/stream.ts';
import { runCell } from '../../bench/null/run.ts';

const levelOf = ({ looks }: { readonly looks: number }) => (looks > 1 ? 0.05 : 0.025);

test('the real search names a finalist among equal candidates in most searches, and the gate stops it', () => {
  const cell = NULL_CELLS.find(({ setting }) => setting === 'search of 5 equal candidates')!;
  const { search, naive, gate, gateError, cycle } = runCell(cell, 40);
  assert.ok((search ?? 0) > 0.5, `the search names one in ${search}`);
  assert.ok(naive > 0.5, `the naive rule promotes in ${naive}`);
  assert.ok(gate <= levelOf(cell) + 2 * gateError, `the gate promotes in ${gate}`);
  assert.ok((cycle ?? 1) <= gate, `${cycle} of the cycles`);
});

test('a sign flip that stops early says what the whole one says', () => {
  for (let run = 0; run < 40; run += 1) {
    const seed = `early ${run}`;
    const stream = createStream(seed);
    const totals = Array.from({ length: 60 }, () => ({
      sum: stream.below(3) - (run % 2 === 0 ? 1 : 0.7),
      size: 1 + stream.below(2),
    }));
    for (const alpha of [0.5, 0.05, 0.0125])
      assert.equal(signFlipWins({ totals, seed, alpha }), signFlip({ totals, seed }).p <= alpha);
  }
});

test('200 cycles of every null setting that the claim names: wrong promotions stay within the level, where the naive rule fails', async () => {
  const cells = NULL_CELLS.filter(isClaimed);
  const results = await runCells({ cells, simulations: 200 });
  const told = cells.map((cell) => ({ level: levelOf(cell), ...results[cellId(cell)]! }));
  assert.deepEqual(
    told.filter(({ gate, gateError, level }) => gate > level + 2 * gateError),
    [],
  );
  assert.deepEqual(
    told.filter(({ naive, naiveError, level }) => naive <= level + 2 * naiveError),
    [],
  );
});

test('cells simulated at once come to what they come to one after the other', async () => {
  const cells = NULL_CELLS.filter(({ setting }) => setting === 'informative errors').slice(0, 2);
  const together = await runCells({ cells, simulations: 10 });
  for (const cell of cells) assert.deepEqual(together[cellId(cell)], runCell(cell, 10));
});
