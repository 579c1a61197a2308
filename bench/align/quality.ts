// How alignment does on labels whose truth is known: a planted rule, the same with shuffled labels, and PandaLM's people; all with the
// practice model, seeds fixed. `node bench/align/quality.ts [--planted 20] [--shuffled 200] [--pandalm 20]`. Prints tables in Markdown on
// stdout and one line of JSON last; ends with 1 when a bar is missed. Nothing here is a claim about a real model.
import { parseArgs } from 'node:util';
import { valueMean } from '../../domain/statistics/mean.ts';
import { hasPandalm, pandalmLesson, plantedLesson, shuffledLesson } from './cases.ts';
import { alignAndTest, type Lesson } from './loop.ts';
import { practiceModel } from '../practice/model.ts';

export type Row = {
  readonly seed: number;
  readonly base: number;
  readonly aligned: number;
  /** Of the judge that stands after the adoption rule. */
  readonly after: number;
  readonly adopted: boolean;
  readonly guidelines: number;
  readonly items: number;
};

export type Summary = {
  readonly seeds: number;
  /** Gain in accuracy of the aligned judge, and of the judge after the adoption rule: mean and 95 % interval over seeds. */
  readonly gain: Mean;
  readonly afterRule: Mean;
  readonly smallestGain: number;
  readonly adopted: number;
};
type Mean = { readonly mean: number; readonly low: number; readonly high: number };

/** One lesson a seed, from seed 1 on. */
export async function rowsOf(seeds: number, lesson: (seed: number) => Lesson): Promise<Row[]> {
  const { model, end } = await practiceModel();
  try {
    const rows: Row[] = [];
    for (let seed = 1; seed <= seeds; seed += 1) {
      const { report, ...fresh } = await alignAndTest(model, lesson(seed));
      const [base, aligned] = [fresh.base.accuracy!, fresh.aligned.accuracy!];
      rows.push({
        seed,
        base,
        aligned,
        after: report.adopted ? aligned : base,
        adopted: report.adopted,
        guidelines: report.guidelines.length,
        items: fresh.base.n,
      });
    }
    return rows;
  } finally {
    end();
  }
}

export function summaryOf(rows: readonly Row[]): Summary {
  const gains = rows.map(({ base, aligned }) => aligned - base);
  return {
    seeds: rows.length,
    gain: meanOf(gains),
    afterRule: meanOf(rows.map(({ base, after }) => after - base)),
    smallestGain: Math.min(...gains),
    adopted: rows.filter(({ adopted }) => adopted).length,
  };
}

function meanOf(values: readonly number[]): Mean {
  const found = valueMean(values.map((value, at) => ({ cluster: String(at), value })))!;
  return { mean: found.mean, low: found.lower ?? found.mean, high: found.upper ?? found.mean };
}

const points = (x: number): string => `${x < 0 ? '' : '+'}${(100 * x).toFixed(1)}`;
const percent = (x: number): string => (100 * x).toFixed(1);
const meanText = ({ mean, low, high }: Mean): string =>
  `${points(mean)} (${points(low)} to ${points(high)})`;

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ seed, base, aligned, after, adopted, guidelines, items }) =>
      `| ${seed} | ${items} | ${percent(base)} | ${percent(aligned)} | ${adopted ? 'yes' : 'no'} | ${percent(after)} | ${points(after - base)} | ${guidelines} |`,
  );
  return [
    '| seed | fresh labels | base % | aligned % | adopted | after the rule % | difference, points | guidelines |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

const line = (name: string, { seeds, gain, afterRule, smallestGain, adopted }: Summary): string =>
  `| ${name} | ${seeds} | ${meanText(gain)} | ${points(smallestGain)} | ${adopted} of ${seeds} | ${meanText(afterRule)} |`;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      planted: { type: 'string', default: '20' },
      shuffled: { type: 'string', default: '200' },
      pandalm: { type: 'string', default: '20' },
    },
  });
  const planted = await rowsOf(Number(values.planted), plantedLesson);
  const parts = await rowsOf(Number(values.shuffled), (seed) => shuffledLesson(seed));
  const whole = await rowsOf(Number(values.shuffled), (seed) => shuffledLesson(seed, 'whole'));
  const pandalm = hasPandalm() ? await rowsOf(Number(values.pandalm), pandalmLesson) : [];
  const summaries = {
    planted: summaryOf(planted),
    shuffled: summaryOf(parts),
    shuffledWhole: summaryOf(whole),
    ...(pandalm.length > 0 && { pandalm: summaryOf(pandalm) }),
  };
  print(
    '| set | seeds | gain, points (95 % interval) | smallest | adopted | after the adoption rule |',
  );
  print('| --- | --- | --- | --- | --- | --- |');
  for (const [name, summary] of Object.entries(summaries)) print(line(name, summary));
  print(`\nPlanted rule:\n\n${tableOf(planted)}`);
  if (pandalm.length > 0) print(`\nPandaLM:\n\n${tableOf(pandalm)}`);
  const passed =
    summaries.planted.smallestGain >= 0.1 &&
    summaries.shuffled.gain.low <= 0 &&
    (summaries.pandalm === undefined || summaries.pandalm.afterRule.mean >= -0.02);
  print(JSON.stringify({ bench: 'align-quality', ...summaries, passed }));
  process.exitCode = passed ? 0 : 1;
}

if (import.meta.main) await main();
