import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../domain/random.ts';
import { resume } from '../../domain/optimize/optimize.ts';
import { firstDifference } from '../../scripts/golden/compare.ts';
import { replay } from '../../scripts/golden/replay.ts';
import { type Durable, runDurably } from './golden/durable.ts';
import { loadGolden } from './golden/stage.ts';

const LONG = process.env['ATTUNE_LONG'] === '1';
const skip = LONG ? false : 'takes minutes; set ATTUNE_LONG=1';

test('a golden trace ends alike through the workflow with workers killed at ten seeded steps, and pays for nothing twice', async (t) => {
  const traces = ['s01_basic'];
  const kills = createRandom(6).sample(traces.flatMap(boundaries), 10);
  const run = await runDurably({ traces, kills, withinMs: 400_000 });
  t.diagnostic(`killed at ${run.killed.join(', ')}; ${run.paid.length} calls paid`);
  assertEqualToGolden(run, { traces, kills });
});

test('s01 ends alike with a worker killed at every step', { skip }, async (t) => {
  const traces = ['s01_basic'];
  const kills = boundaries('s01_basic');
  const run = await runDurably({ traces, kills, withinMs: 900_000 });
  t.diagnostic(`${run.killed.length} kills; ${run.paid.length} calls paid`);
  assertEqualToGolden(run, { traces, kills });
});

test(
  'all twelve golden traces end alike with a worker killed at ten seeded steps',
  { skip },
  async (t) => {
    const traces = ALL;
    const kills = createRandom(12).sample(traces.flatMap(boundaries), 10);
    const run = await runDurably({ traces, kills, withinMs: 900_000 });
    t.diagnostic(`killed at ${run.killed.join(', ')}; ${run.paid.length} calls paid`);
    assertEqualToGolden(run, { traces, kills });
  },
);

const ALL = [
  's01_basic',
  's02_all_merge',
  's03_epsilon_merge',
  's04_four_components_merge',
  's05_current_best_equal_binary',
  's06_top_k_merge_cache',
  's07_objective_all_merge',
  's08_hybrid_repeats_cache',
  's09_cartesian_merge',
  's10_independent_perfect_skips',
  's11_pxn_top_k_repeats',
  's12_same_parent_best_cache',
];

/** The steps of a trace, as `<trace>#<turn>`. */
function boundaries(trace: string): readonly string[] {
  return Array.from({ length: turnsOf(trace) }, (_, turn) => `${trace}#${turn}`);
}

function turnsOf(trace: string): number {
  const golden = loadGolden(trace);
  let turns = 1;
  replay(golden, (turn, answer) => {
    turns += 1;
    return resume(turn.state, Object.assign({}, ...turn.asks.map(answer)));
  });
  return turns;
}

function assertEqualToGolden(
  run: Durable,
  { traces, kills }: { readonly traces: readonly string[]; readonly kills: readonly string[] },
): void {
  assert.deepEqual([...run.killed].sort(), [...kills].sort());
  for (const trace of traces)
    assert.equal(firstDifference(loadGolden(trace), run.replayed[trace]!), null, trace);
  assert.equal(new Set(run.paid).size, run.paid.length, 'a call was paid twice');
}
