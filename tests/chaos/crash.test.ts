import assert from 'node:assert/strict';
import { before, test, type TestContext } from 'node:test';
import { createRandom } from '../../domain/random.ts';
import type { PartName } from '../../stack/index.ts';
import { type Blow, type CrashRun, CONCURRENCY, crashRun } from './run.ts';

const LIMIT = { timeout: 300_000 };
const LONG = process.env['ATTUNE_LONG'] === '1';
const RUNS = LONG ? 10 : 3;
/** What may be lost of replies that had come but were not written yet (design.md, section 4). */
const UNFLUSHED = 20;
/** Workers that call models: both lose their calls under way when the database goes, one when it is killed itself. */
const WORKERS: Readonly<Partial<Record<PartName, number>>> = { postgres: 2, temporal: 2 };
/** Share of the requests within which moments are drawn: later the part has nothing left to do. */
const LATEST = 0.85;

let undisturbed: CrashRun;

before(async () => {
  undisturbed = await crashRun([]);
}, LIMIT);

test('the undisturbed cycle goes through every phase and repeats nothing', (t) => {
  t.diagnostic(told(undisturbed));
  assert.equal(undisturbed.report.outcome, 'promoted');
  assert.deepEqual([undisturbed.cost.repeats, undisturbed.cost.askedAgain], [0, 0]);
});

for (let seed = 1; seed <= RUNS; seed += 1)
  test(
    `a worker killed with -9 at a moment drawn with seed ${seed}: the same evidence, nothing stored paid again`,
    LIMIT,
    (t) => {
      const random = createRandom(seed);
      const part: PartName = random.random() < 0.5 ? 'worker' : 'agent';
      const afterRequests = 1 + random.below(Math.round(LATEST * undisturbed.cost.replies));
      return survives(t, { part, afterRequests });
    },
  );

for (const part of ['postgres', 'temporal'] as const)
  test(`${part} killed with -9: the same evidence, nothing stored paid again`, LIMIT, (t) =>
    survives(t, { part, afterRequests: half(), own: true }),
  );

const half = (): number => Math.round(undisturbed.cost.replies / 2);

type Case = Blow & { readonly own?: boolean };

async function survives(t: TestContext, { own = false, ...blow }: Case): Promise<void> {
  const { part, afterRequests } = blow;
  const run = await crashRun([blow], { own });
  t.diagnostic(`${part} killed after ${afterRequests} requests: ${told(run)}`);
  assert.ok(run.restarted.includes(part), `${part} was started again`);
  assert.equal(run.report.evidenceHash, undisturbed.report.evidenceHash);
  assert.equal(run.cost.askedAgain, 0, 'replies that were stored, asked for again');
  const bound = (WORKERS[part] ?? 1) * (CONCURRENCY + UNFLUSHED);
  assert.ok(run.cost.repeats <= bound, `${run.cost.repeats} calls repeated, at most ${bound}`);
  assert.equal(run.cost.replies, undisturbed.cost.replies, 'as many replies as undisturbed');
  assert.equal(run.aliasMoves, 1, 'the alias moved once');
  assert.deepEqual(run.report.labels, undisturbed.report.labels);
}

const told = ({ ms, cost, restarted }: CrashRun): string =>
  `${(ms / 1000).toFixed(1)} s, ${cost.replies} replies, ${cost.repeats} repeated, ${restarted.join(', ') || 'nothing'} restarted`;
