import assert from 'node:assert/strict';
import { before, test, type TestContext } from 'node:test';
import { createRandom } from '../../domain/random.ts';
import type { PartName } from '../../stack/index.ts';
import { type CrashRun, CONCURRENCY, crashRun } from './run.ts';

const LIMIT = { timeout: 300_000 };
const LONG = process.env['ATTUNE_LONG'] === '1';
const RUNS = LONG ? 10 : 3;
/** What may be lost of replies that had come but were not written yet (design.md, section 4). */
const UNFLUSHED = 20;
/** Moments are drawn from the work of the cycle: before this the workflow has not begun. */
const EARLIEST_MS = 500;

let undisturbed: CrashRun;

before(async () => {
  undisturbed = await crashRun([]);
}, LIMIT);

test('the undisturbed cycle goes through every phase, in 15 s, and repeats nothing', (t) => {
  t.diagnostic(told(undisturbed));
  assert.equal(undisturbed.report.outcome, 'promoted');
  assert.ok(undisturbed.ms < 15_000, `${undisturbed.ms} ms`);
  assert.deepEqual([undisturbed.cost.repeats, undisturbed.cost.askedAgain], [0, 0]);
});

for (let seed = 1; seed <= RUNS; seed += 1)
  test(
    `a worker killed with -9 at a moment drawn with seed ${seed}: the same evidence, nothing stored paid again`,
    LIMIT,
    (t) => {
      const random = createRandom(seed);
      const part: PartName = random.random() < 0.5 ? 'worker' : 'agent';
      const afterMs = EARLIEST_MS + random.random() * (undisturbed.ms - 2 * EARLIEST_MS);
      return survives(t, { part, afterMs });
    },
  );

for (const part of ['postgres', 'temporal'] as const)
  test(`${part} killed with -9: the same evidence, nothing stored paid again`, LIMIT, (t) =>
    survives(t, { part, afterMs: undisturbed.ms / 2, own: true }),
  );

type Case = { readonly part: PartName; readonly afterMs: number; readonly own?: boolean };

async function survives(t: TestContext, { part, afterMs, own = false }: Case): Promise<void> {
  const run = await crashRun([{ part, afterMs }], { own });
  t.diagnostic(`${part} killed after ${Math.round(afterMs)} ms: ${told(run)}`);
  assert.ok(run.restarted.includes(part), `${part} was started again`);
  assert.equal(run.report.evidenceHash, undisturbed.report.evidenceHash);
  assert.equal(run.cost.askedAgain, 0, 'replies that were stored, asked for again');
  assert.ok(run.cost.repeats <= CONCURRENCY + UNFLUSHED, `${run.cost.repeats} calls repeated`);
  assert.equal(run.cost.replies, undisturbed.cost.replies, 'as many replies as undisturbed');
  assert.equal(run.aliasMoves, 1, 'the alias moved once');
  assert.deepEqual(run.report.labels, undisturbed.report.labels);
}

const told = ({ ms, cost, restarted }: CrashRun): string =>
  `${(ms / 1000).toFixed(1)} s, ${cost.replies} replies, ${cost.repeats} repeated, ${restarted.join(', ') || 'nothing'} restarted`;
