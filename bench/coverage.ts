// Coverage of the 95 % interval that users are shown (domain/statistics/mean.ts, scoreMean), by simulation: 12, 30 and 100 clusters, rates
// 0.5, 0.9 and 0.98, equal and unequal clusters. Prints every cell and one line of JSON; ends with 1 when a cell of 30 clusters or more is
// below 93 %.
import { parseArgs } from 'node:util';
import { createRandom, type Random } from '../domain/random.ts';
import { scoreMean } from '../domain/statistics/mean.ts';

const FLOOR = 0.93;
const { values } = parseArgs({
  options: { draws: { type: 'string', default: '4000' }, seed: { type: 'string', default: '1' } },
});
const draws = Number(values.draws);

type Cell = {
  readonly clusters: number;
  readonly rate: number;
  readonly sizes: 'single' | 'equal' | 'unequal';
};

const cells: readonly Cell[] = [12, 30, 100].flatMap((clusters) =>
  [0.5, 0.9, 0.98].flatMap((rate) =>
    (['single', 'equal', 'unequal'] as const).map((sizes) => ({ clusters, rate, sizes })),
  ),
);

/** A row copies the common draw of its cluster with this probability, else draws its own: rows of a cluster correlate at its square, 0.2. */
const COPIES = Math.sqrt(0.2);

const results = cells.map((cell, at) => {
  const random = createRandom(Number(values.seed) * 1_000 + at);
  let held = 0;
  let width = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    const interval = scoreMean(sample(cell, random))!;
    const [lower, upper] = [interval.lower ?? 0, interval.upper ?? 1];
    if (lower <= cell.rate && cell.rate <= upper) held += 1;
    width += upper - lower;
  }
  const coverage = held / draws;
  const passed = cell.clusters < 30 || coverage >= FLOOR;
  const { clusters, rate, sizes } = cell;
  process.stderr.write(
    `${String(clusters).padStart(3)} clusters  rate ${rate.toFixed(2)}  ${sizes.padEnd(7)}  coverage ${(coverage * 100).toFixed(1)} %  mean width ${(width / draws).toFixed(3)}${passed ? '' : '  FAILS'}\n`,
  );
  return { ...cell, coverage, width: width / draws, passed };
});
const passed = results.every((cell) => cell.passed);
process.stdout.write(`${JSON.stringify({ bench: 'coverage', draws, results, passed })}\n`);
process.exitCode = passed ? 0 : 1;

function sample({ clusters, rate, sizes }: Cell, { random, below }: Random) {
  return Array.from({ length: clusters }, (_, c) => {
    const common = random() < rate ? 1 : 0;
    // Sizes are drawn apart from values, so that the target stays the rate; every fourth cluster is much larger.
    const unequal = (1 + below(12)) * (c % 4 === 0 ? 3 : 1);
    const size = sizes === 'single' ? 1 : sizes === 'equal' ? 5 : unequal;
    const copies = sizes === 'single' ? 0 : COPIES;
    return Array.from({ length: size }, () => ({
      cluster: String(c),
      value: random() < copies ? common : random() < rate ? 1 : 0,
    }));
  }).flat();
}
