import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import {
  crossFitted,
  dealt,
  type Item,
  labelledOutputs,
  type Relabel,
} from '../../bench/practice/folds.ts';
import { practiceModel } from '../../bench/practice/model.ts';
import { type Task, telecom } from '../../bench/practice/task.ts';
import { pairedDifference } from '../../domain/align/paired.ts';

const PERMUTATIONS = 20;

const task: Task = telecom('permuted labels');
let practice: Awaited<ReturnType<typeof practiceModel>>;
let items: readonly Item[];

before(async () => {
  practice = await practiceModel();
  const { model } = practice;
  items = await labelledOutputs(task, { model, parts: ['align-labels', 'judge-test'] });
});

after(() => practice?.end());

test('with true labels alignment gains agreement on items it never saw', async (t) => {
  const gain = await crossFittedGain((given) => given);
  t.diagnostic(`${items.length} items: gain ${gain.toFixed(3)}`);
  assert.ok(gain > 0.05, `a gain of ${gain} is none`);
});

test('with the labels of the training folds permuted the mean gain is not above 0 by two standard errors', async (t) => {
  const gains: number[] = [];
  for (let seed = 0; seed < PERMUTATIONS; seed += 1) gains.push(await crossFittedGain(dealt(seed)));
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const variance = gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (gains.length - 1);
  const error = Math.sqrt(variance / gains.length);
  t.diagnostic(`mean gain ${mean.toFixed(4)}, standard error ${error.toFixed(4)}`);
  assert.ok(mean <= 2 * error, `mean gain ${mean}, standard error ${error}`);
});

/** Gain in agreement with the true labels over five folds; each judge learned from the others, relabelled. */
async function crossFittedGain(relabel: Relabel): Promise<number> {
  const seed = 'permuted';
  const pairs = await crossFitted(task, { model: practice.model, items, relabel, seed });
  const found = pairedDifference({ items: pairs, type: task.judge.value, seed });
  assert.ok(found, 'the items give a difference');
  return found.mean;
}
