/**
 * Does the learning loop work with the practice model? In one process, over HTTP: weak prompt, labels of the scripted reviewers,
 * aligned judge, optimizer, gold accuracy on sealed rows. `node bench/practice/loop.ts [--task telecom|banking77] [--splits 3]
 * [--permutations 0] [--data folder]`. Prints one JSON line for each split. Nothing here is a claim about quality.
 */
import { parseArgs } from 'node:util';
import type { JudgeMemory } from '../../contracts/judge.ts';
import { agreement } from '../../domain/statistics/agreement.ts';
import { pairedDifference } from '../../domain/align/paired.ts';
import { crossFitted, dealt, type Item, labelledOutputs, type Relabel } from './folds.ts';
import { align, judgeOf } from './judge.ts';
import { practiceModel } from './model.ts';
import { goldAccuracy, runAgent, search } from './search.ts';
import { banking, rowsIn, type Task, telecom } from './task.ts';

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

const { model, end } = await practiceModel();

async function loop(task: Task, split: number) {
  const began = performance.now();
  const items = await labelledOutputs(task, { model, parts: ['align-labels', 'judge-test'] });
  const folds = await agreements(task, items);
  const learn = items.filter(({ row }) => row.part === 'align-labels');
  const memory = await align(task, { model, items: learn.map(({ label }) => label) });
  const judge = judgeOf(task, { model, memory });
  const { prompt, result } = await search(task, { model, judge, seed: split });
  const arms = {
    weak: round(await goldAccuracy(task, { prompt: task.prompt, model })),
    tuned: round(await goldAccuracy(task, { prompt, model })),
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

const SEED = 'bench';

/** Agreement of base and aligned judge with people, five folds by conversation. */
async function agreements(task: Task, items: readonly Item[], relabel: Relabel = (all) => all) {
  const paired = await crossFitted(task, { model, items, relabel, seed: SEED });
  const { value: type } = task.judge;
  const by = (judge: 'base' | 'aligned') =>
    agreement({
      items: paired.map((item) => ({ ...item, value: item[judge] })),
      type,
      seed: SEED,
    });
  const [base, aligned] = [by('base'), by('aligned')];
  const difference = pairedDifference({ items: paired, type, seed: SEED });
  return {
    base: { accuracy: base.accuracy, kappa: base.kappa },
    aligned: { accuracy: aligned.accuracy, kappa: aligned.kappa, lower90: aligned.kappaLower90 },
    gain: difference && { mean: difference.mean, lower90: difference.lower90 },
    prevalence: base.prevalence,
  };
}

/** Gain in agreement when the labels (value and reason) of the training folds are dealt out at random. */
async function permuted(task: Task, items: readonly Item[]) {
  const gains: number[] = [];
  for (let seed = 0; seed < Number(flags.permutations); seed++) {
    const { gain, aligned } = await agreements(task, items, dealt(1000 + seed));
    gains.push(gain?.mean ?? 0);
    if (seed === 0) console.error(`permuted kappa ${aligned.kappa}`);
  }
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
  const variance =
    gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / Math.max(1, gains.length - 1);
  return { mean, standardError: Math.sqrt(variance / gains.length), n: gains.length };
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
  end();
}
