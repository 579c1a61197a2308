// Search quality: held-out gold accuracy of the finalists of both modes on the banking77 router, equal budget, fixed seeds 0, 1, 2, ...
// `node bench/optimize/quality.ts [--seeds 30] [--budget 20 passes] [--data folder]`. Prints a line of JSON for each seed on stderr and one
// for all on stdout; ends with 1 when a bar is missed. The practice model's figures are no claim about any other model.
import { parseArgs } from 'node:util';
import type { OptimizeSettings } from '../../domain/optimize/options.ts';
import { studentQuantile } from '../../domain/statistics/student.ts';
import { labelledOutputs } from '../practice/folds.ts';
import { align, judgeOf } from '../practice/judge.ts';
import { practiceModel } from '../practice/model.ts';
import { goldAccuracy, search } from '../practice/search.ts';
import { banking, rowsIn, type Task } from '../practice/task.ts';

/** Lower bound of durable minus reference that is still as good. */
const TOLERATED = -0.02;

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '30' },
    budget: { type: 'string' },
    data: {
      type: 'string',
      default: `${process.env['ATTUNE_SHARED'] ?? '../shared'}/data/banking77`,
    },
  },
});

const found = banking(values.data);
if (found === null) throw new Error(`${values.data} holds no train.jsonl: say where with --data`);
const task: Task = found;
const { model, end } = await practiceModel();
const judge = judgeOf(task, { model, memory: await alignedMemory() });
const budget = Number(values.budget ?? 20 * rowsIn(task, 'validation').length);
const modes = {
  durable: { mode: 'durable', budget },
  reference: { mode: 'reference', budget },
} as const satisfies Record<string, OptimizeSettings>;

const seedAccuracy = await goldAccuracy(task, { prompt: task.prompt, model });
const rows: { durable: number; reference: number }[] = [];
for (let seed = 0; seed < Number(values.seeds); seed += 1) {
  const begun = performance.now();
  const [durable, reference] = [await of('durable', seed), await of('reference', seed)];
  rows.push({ durable: durable.accuracy, reference: reference.accuracy });
  const seconds = Math.round((performance.now() - begun) / 1000);
  process.stderr.write(`${JSON.stringify({ seed, durable, reference, seconds })}\n`);
}
end();

const difference = interval(rows.map((row) => row.durable - row.reference));
const gains = {
  durable: interval(rows.map((row) => row.durable - seedAccuracy)),
  reference: interval(rows.map((row) => row.reference - seedAccuracy)),
};
const passed = difference.low > TOLERATED && gains.durable.low > 0 && gains.reference.low > 0;
const figures = { bench: 'optimize-quality', seeds: rows.length, budget, seedAccuracy };
process.stdout.write(`${JSON.stringify({ ...figures, difference, gains, passed })}\n`);
process.exitCode = passed ? 0 : 1;

async function of(mode: keyof typeof modes, seed: number) {
  const { prompt, result } = await search(task, { model, judge, seed, settings: modes[mode] });
  const { rollouts, reflections, duplicates } = result.totals;
  const candidates = result.candidates.length;
  const accuracy = await goldAccuracy(task, { prompt, model });
  return { accuracy, rollouts, reflections, duplicates, candidates };
}

/** The judge's memory after MemAlign on the outputs of the first prompt: the same for every seed. */
async function alignedMemory() {
  const items = await labelledOutputs(task, { model, parts: ['align-labels'] });
  return align(task, { model, items: items.map(({ label }) => label) });
}

/** Mean with Student's 95 % interval over the seeds. */
function interval(differences: readonly number[]) {
  const n = differences.length;
  const mean = differences.reduce((sum, x) => sum + x, 0) / n;
  const variance = differences.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  const half = studentQuantile(0.975, n - 1) * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half };
}
