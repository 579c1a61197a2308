/**
 * Does the learning loop work with the practice model? In one process, over HTTP: weak prompt, labels of the scripted reviewers,
 * aligned judge, optimizer, gold accuracy on sealed rows. `node bench/practice-loop.ts [--task telecom|banking77] [--splits 3]
 * [--permutations 0] [--data folder]`. Prints one JSON line for each split. Nothing here is a claim about quality.
 */
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import type { JudgeMemory } from '../contracts/judge.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { Model } from '../contracts/model.ts';
import type { Value } from '../contracts/value.ts';
import { agreement } from '../domain/align/agreement.ts';
import { crossFit } from '../domain/align/cross-fit.ts';
import type { PairedItem } from '../domain/align/paired.ts';
import { pairedDifference } from '../domain/align/paired.ts';
import type { LabelledItem } from '../domain/align/snapshot.ts';
import { createRandom } from '../domain/random.ts';
import { createLimiter } from '../llm/limiter.ts';
import { createModel } from '../llm/model.ts';
import { createPracticeServer } from '../llm/practice/server.ts';
import { align, judgeOf, labelled } from './practice-judge.ts';
import { runAgent, search } from './practice-search.ts';
import { memoryStore } from './practice-store.ts';
import { banking, type Row, rowsIn, type Task, telecom } from './practice-task.ts';

type Item = { readonly row: Row; readonly outputs: JsonObject; readonly label: LabelledItem };

const { values: flags } = parseArgs({
  options: {
    task: { type: 'string', default: 'telecom' },
    splits: { type: 'string', default: '3' },
    permutations: { type: 'string', default: '0' },
    data: {
      type: 'string',
      default: `${process.env['ATTUNE_SHARED'] ?? '../shared'}/data/banking77`,
    },
  },
});

const server = createPracticeServer();
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
const model = createModel({
  endpoint: `http://127.0.0.1:${port}/v1`,
  apiKey: 'practice',
  replies: memoryStore(),
  limiter: createLimiter({ concurrency: 32 }),
});
async function loop(task: Task, split: number) {
  const began = performance.now();
  const items = await outputsOf(task);
  const folds = await crossFitted(task, items);
  const memory = await align(task, {
    model,
    items: labels(items.filter(({ row }) => row.part === 'align-labels')),
  });
  const judge = judgeOf(task, { model, memory });
  const { prompt, result } = await search(task, { model, judge, seed: split });
  const arms = {
    weak: await accuracy(task, { prompt: task.prompt, model }),
    tuned: await accuracy(task, { prompt, model }),
  };
  return {
    task: task.name,
    split,
    labels: items.length,
    guidelines: memory.guidelines.length,
    ...folds,
    candidates: result.candidates.length,
    validation: [result.incumbent.mean, result.best?.mean],
    ...arms,
    judgedSealed: await judgedGain(task, { memory, prompt }),
    rollouts: result.totals.rollouts,
    dropped: result.totals.dropped,
    promptLength: prompt.length,
    ...(Number(flags.permutations) > 0 ? { permuted: await permuted(task, items) } : {}),
    seconds: Math.round((performance.now() - began) / 1000),
  };
}

const labels = (items: readonly Item[]): readonly LabelledItem[] => items.map(({ label }) => label);

/** The weak prompt's outputs on the label parts, with their labels. */
async function outputsOf(task: Task): Promise<readonly Item[]> {
  return await Promise.all(
    rowsIn(task, 'align-labels', 'judge-test').map(async (row) => {
      const outputs = await runAgent(task, { row, prompt: task.prompt, model, draw: 'evaluate' });
      return { row, outputs, label: labelled(row, outputs) };
    }),
  );
}

/** Agreement of base and aligned judge with people, five folds by conversation. */
async function crossFitted(task: Task, items: readonly Item[], relabel = labels) {
  const paired = await pairs(task, { items, relabel });
  const { value: type } = task.judge;
  const by = (judge: 'base' | 'aligned') =>
    agreement({
      items: paired.map((item) => ({ ...item, value: item[judge] })),
      type,
      seed: 'bench',
    });
  const [base, aligned] = [by('base'), by('aligned')];
  const difference = pairedDifference({ items: paired, type, seed: 'bench' });
  return {
    base: { accuracy: base.accuracy, kappa: base.kappa },
    aligned: { accuracy: aligned.accuracy, kappa: aligned.kappa, lower90: aligned.kappaLower90 },
    gain: difference && { mean: difference.mean, lower90: difference.lower90 },
    prevalence: base.prevalence,
  };
}

async function pairs(
  task: Task,
  { items, relabel }: { readonly items: readonly Item[]; readonly relabel: typeof labels },
): Promise<readonly PairedItem[]> {
  const byId = new Map(items.map((item) => [item.row.id, item]));
  const folds = crossFit(
    items.map(({ row }) => ({ item: row.id, conversation: row.conversation })),
    'bench',
  );
  const found: PairedItem[] = [];
  for (const { train, test } of folds) {
    const memory = await align(task, { model, items: relabel(train.map((id) => byId.get(id)!)) });
    for (const id of test) found.push(await pair(task, { item: byId.get(id)!, memory }));
  }
  return found;
}

async function pair(
  task: Task,
  { item, memory }: { readonly item: Item; readonly memory: JudgeMemory },
): Promise<PairedItem> {
  const verdict = async (of: JudgeMemory | null): Promise<Value> =>
    (await judgeOf(task, { model, memory: of })(item.row, item.outputs)).value;
  const { conversation, labels: given } = item.label;
  return {
    item: item.row.id,
    conversation,
    labels: given,
    base: await verdict(null),
    aligned: await verdict(memory),
  };
}

/** Gain in agreement when the labels (value and reason) of the training folds are dealt out at random. */
async function permuted(task: Task, items: readonly Item[]) {
  const gains: number[] = [];
  for (let seed = 0; seed < Number(flags.permutations); seed++) {
    const random = createRandom(1000 + seed);
    const deal = (given: readonly Item[]): readonly LabelledItem[] => {
      const order = random.shuffle(given.map(({ label }) => label.labels));
      return given.map(({ label }, i) => ({
        ...label,
        labels: order[i]!.map((l) => ({
          ...l,
          example: label.example,
          outputHash: label.outputHash,
        })),
      }));
    };
    const { gain, aligned } = await crossFitted(task, items, deal);
    gains.push(gain?.mean ?? 0);
    if (seed === 0) console.error(`permuted kappa ${aligned.kappa}`);
  }
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const variance =
    gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / Math.max(1, gains.length - 1);
  return { mean, standardError: Math.sqrt(variance / gains.length), n: gains.length };
}

/** Share of sealed rows whose answer is gold, over three draws. */
async function accuracy(
  task: Task,
  { prompt, model: asked }: { readonly prompt: string; readonly model: Model },
): Promise<number> {
  const hits = await Promise.all(
    rowsIn(task, 'sealed').flatMap((row) =>
      [0, 1, 2].map(async (trial) => {
        const outputs = await runAgent(task, { row, prompt, model: asked, draw: `gate/${trial}` });
        return Object.values(outputs)[0] === row.gold;
      }),
    ),
  );
  return round(hits.filter(Boolean).length / hits.length);
}

/** Share of sealed rows that the aligned judge passes, weak prompt and tuned one. */
async function judgedGain(
  task: Task,
  { memory, prompt }: { readonly memory: JudgeMemory; readonly prompt: string },
) {
  const judge = judgeOf(task, { model, memory });
  const share = async (text: string): Promise<number> => {
    const passed = await Promise.all(
      rowsIn(task, 'sealed').map(
        async (row) =>
          (await judge(row, await runAgent(task, { row, prompt: text, model, draw: 'gate/0' })))
            .value,
      ),
    );
    return round(passed.filter(Boolean).length / passed.length);
  };
  return { weak: await share(task.prompt), tuned: await share(prompt) };
}

const round = (x: number): number => Math.round(x * 1000) / 1000;

try {
  for (let split = 0; split < Number(flags.splits); split++) {
    const task = flags.task === 'telecom' ? telecom(`split-${split}`) : banking(flags.data);
    if (task === null) throw new Error(`no banking77 rows in ${flags.data}; give --data`);
    console.log(JSON.stringify(await loop(task, split)));
  }
} finally {
  server.close();
  server.closeAllConnections();
}
