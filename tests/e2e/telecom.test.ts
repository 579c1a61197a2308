import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { test, type TestContext } from 'node:test';
import { type RanCycle, runCycle } from './cycle.ts';
import { strongSpec, telecomSpec } from './spec.ts';
import { startTestStack, type TestStack } from './stack.ts';

const LIMIT = { timeout: 300_000 };
/** Fixed before anything was run. */
const SALTS = ['telecom-1', 'telecom-2'];

async function stackFor(t: TestContext): Promise<TestStack> {
  const stack = await startTestStack();
  t.after(() => stack.close());
  return stack;
}

for (const salt of SALTS)
  test(
    `telecom, salt ${salt}: promoted, and gold accuracy rises 10 points on the sealed part`,
    LIMIT,
    async (t) => {
      const stack = await stackFor(t);
      const spec = telecomSpec(dirname(stack.dataDir));
      const { report, ms } = await runCycle({ stack, spec, salt });
      t.diagnostic(`${(ms / 1000).toFixed(1)} s; ${report.claims.join(' ')}`);
      assert.equal(report.verdict, 'promote');
      assert.ok(goldRise({ report }) >= 0.1, `gold accuracy: ${JSON.stringify(report.gold)}`);
    },
  );

test('telecom from the strong prompt: not promoted', LIMIT, async (t) => {
  const stack = await stackFor(t);
  const { report } = await runCycle({
    stack,
    spec: strongSpec(dirname(stack.dataDir)),
    salt: 'telecom-strong',
  });
  t.diagnostic(`${report.outcome}: ${report.claims.join(' ')}`);
  assert.ok(['rejected', 'inconclusive', 'no-candidate'].includes(report.outcome ?? ''));
});

const goldRise = ({ report }: Pick<RanCycle, 'report'>): number =>
  (report.gold?.finalist.mean ?? 0) - (report.gold?.incumbent.mean ?? 1);
