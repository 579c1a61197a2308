import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { align, judgeOf, labelled } from '../../bench/practice-judge.ts';
import { runAgent } from '../../bench/practice-search.ts';
import { memoryStore } from '../../bench/practice-store.ts';
import { type Row, rowsIn, type Task, telecom } from '../../bench/practice-task.ts';
import type { JudgeMemory } from '../../contracts/judge.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { Model } from '../../contracts/model.ts';
import { crossFit } from '../../domain/align/cross-fit.ts';
import { type PairedItem, pairedDifference } from '../../domain/align/paired.ts';
import type { LabelledItem } from '../../domain/align/snapshot.ts';
import { createRandom } from '../../domain/random.ts';
import { createLimiter } from '../../llm/limiter.ts';
import { createModel } from '../../llm/model.ts';
import { createPracticeServer } from '../../llm/practice/server.ts';

const PERMUTATIONS = 20;

type Item = { readonly row: Row; readonly outputs: JsonObject; readonly label: LabelledItem };
type Relabel = (items: readonly LabelledItem[]) => readonly LabelledItem[];

const practice = createPracticeServer();
const task: Task = telecom('permuted labels');
let model: Model;
let items: readonly Item[];

before(async () => {
  await new Promise<void>((resolve) => practice.listen(0, '127.0.0.1', resolve));
  const { port } = practice.address() as AddressInfo;
  model = createModel({
    endpoint: `http://127.0.0.1:${port}/v1`,
    apiKey: 'practice',
    replies: memoryStore(),
    limiter: createLimiter({ concurrency: 32 }),
  });
  items = await Promise.all(
    rowsIn(task, 'align-labels', 'judge-test').map(async (row) => {
      const outputs = await runAgent(task, { row, prompt: task.prompt, model, draw: 'evaluate' });
      return { row, outputs, label: labelled(row, outputs) };
    }),
  );
});

after(() => {
  practice.close();
  practice.closeAllConnections();
});

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

/** Deals the labels out again among the items, whole: value, rater and reason. */
function dealt(seed: number): Relabel {
  const random = createRandom(seed);
  return (given) => {
    const order = random.shuffle(given.map(({ labels }) => labels));
    return given.map((item, at) => ({
      ...item,
      labels: order[at]!.map((label) => ({
        ...label,
        example: item.example,
        outputHash: item.outputHash,
      })),
    }));
  };
}

/** Gain in agreement with the true labels over five folds; each judge learned from the others, relabelled. */
async function crossFittedGain(relabel: Relabel): Promise<number> {
  const byId = new Map(items.map((item) => [item.row.id, item]));
  const names = items.map(({ row }) => ({ item: row.id, conversation: row.conversation }));
  const pairs: PairedItem[] = [];
  for (const { train, test: held } of crossFit(names, 'permuted')) {
    const memory = await align(task, {
      model,
      items: relabel(train.map((id) => byId.get(id)!.label)),
    });
    pairs.push(...(await Promise.all(held.map((id) => paired(byId.get(id)!, memory)))));
  }
  const found = pairedDifference({ items: pairs, type: task.judge.value, seed: 'permuted' });
  assert.ok(found, 'the items give a difference');
  return found.mean;
}

async function paired({ row, outputs, label }: Item, memory: JudgeMemory): Promise<PairedItem> {
  const verdict = async (of: JudgeMemory | null) =>
    (await judgeOf(task, { model, memory: of })(row, outputs)).value;
  const { conversation, labels } = label;
  return {
    item: row.id,
    conversation,
    labels,
    base: await verdict(null),
    aligned: await verdict(memory),
  };
}
