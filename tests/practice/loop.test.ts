import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { labelledOutputs } from '../../bench/practice/folds.ts';
import { align, judgeOf } from '../../bench/practice/judge.ts';
import { practiceModel } from '../../bench/practice/model.ts';
import { goldAccuracy, search } from '../../bench/practice/search.ts';
import { rowsIn, telecom } from '../../bench/practice/task.ts';

const { model, end } = await practiceModel();
after(end);

const task = telecom('loop-test');

test('labels of people teach the judge, and the judge teaches the prompt: unseen rows gain ten points', async (t) => {
  const items = await labelledOutputs(task, { model, parts: ['align-labels'] });
  const memory = await align(task, { model, items: items.map(({ label }) => label) });
  const judge = judgeOf(task, { model, memory });
  const { prompt, result } = await search(task, { model, judge, seed: 7 });
  const weak = await goldAccuracy(task, { prompt: task.prompt, model });
  const tuned = await goldAccuracy(task, { prompt, model });
  t.diagnostic(
    `weak ${weak.toFixed(3)}, tuned ${tuned.toFixed(3)}, ${result.totals.rollouts} rollouts`,
  );
  assert.ok(result.totals.rollouts <= 20 * rowsIn(task, 'validation').length);
  assert.ok(tuned - weak >= 0.1, `weak ${weak}, tuned ${tuned}`);
});
