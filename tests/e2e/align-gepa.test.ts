import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { after, before, test } from 'node:test';
import { planted } from '../../bench/planted.ts';
import type { AlignmentAnswer } from '../../client/judge/result.ts';
import type { JudgeVersion } from '../../contracts/scorer.ts';
import { runCycle } from './cycle.ts';
import { crashSpec } from './spec.ts';
import { startTestStack } from './stack.ts';
import { startTeacher, type Teacher } from './teacher.ts';

const LIMIT = { timeout: 120_000 };
const TEST = 60;
let teacher: Teacher;

before(async () => {
  teacher = await startTeacher();
}, LIMIT);
after(() => teacher.close());

test(
  'the gepa aligner rewrites the instructions through the optimizer, one call a verdict, and is measured the same way',
  LIMIT,
  async () => {
    const args = ['--aligner', 'gepa', '--budget', '200', '--seed', '1'];
    await teacher.plant('four', planted(3, { learn: 60, test: TEST }));
    const ran = await teacher.run('four', 'judge', 'align', 'team', ...args);
    assert.ok(ran.code === 0 || ran.code === 3, ran.err);
    const { report, judge, spend } = JSON.parse(ran.out) as AlignmentAnswer;
    assert.equal(report!.alignment!.aligner, 'gepa');
    assert.ok(spend['judge']!.calls <= 200 + 2 * TEST, JSON.stringify(spend));
    assert.ok(spend['reflect']!.calls > 0);
    assert.equal(report!.alignment!.outcome, 'aligned', report!.why);
    const made = await teacher.ok<JudgeVersion>('four', 'judge', 'show', report!.alignment!.judge!);
    assert.equal(made.memory, null);
    assert.notEqual(made.definition.instructions, planted(3).judge.instructions);
    assert.match(made.definition.instructions, /\{\{inputs\}\}/);
    assert.equal(judge, report!.adopted ? 'team@2' : 'team@1');
  },
);

const LONG = process.env['ATTUNE_LONG'] === '1';
const skip = LONG ? false : 'takes a minute; set ATTUNE_LONG=1';

test(
  'a cycle whose aligner is gepa searches for the judge in every fold, and goes on with the judge that the rule chose',
  { skip, timeout: 400_000 },
  async (t) => {
    const own = await startTestStack();
    try {
      const align = { aligner: 'gepa', budget: 120 };
      const spec = crashSpec(dirname(own.dataDir), { align });
      const { report } = await runCycle({ stack: own, spec, salt: 'crash-2', withinMs: 300_000 });
      const { judge } = report;
      t.diagnostic(`${report.outcome}; ${judge!.alignment!.outcome}: ${judge!.why}`);
      assert.equal(judge!.alignment!.aligner, 'gepa');
      assert.equal(judge!.method, 'cross-fitted');
      assert.notEqual(judge!.alignment!.outcome, 'failed');
      assert.ok(report.outcome !== null);
    } finally {
      await own.close();
    }
  },
);
