// Coverage of the 95 % interval that users are shown (domain/statistics/mean.ts, scoreMean), by simulation: 12, 30 and 100 clusters, rates
// 0.5, 0.9 and 0.98, clusters of one row, of equal and of unequal size. Beside it stands the plain interval (linearised variance, Korn and
// Graubard 1998): where that one falls below the band of 93 to 97 %, the wider one is shown. Prints every cell and one line of JSON; ends
// with 1 when what is shown covers less than 93 % in a cell of 30 clusters or more, or is wider without need.
import { parseArgs } from 'node:util';
import { createRandom, type Random } from '../../domain/random.ts';
import { type ClusteredValue, clusterTotals, scoreMean } from '../../domain/statistics/mean.ts';
import { wilsonInterval } from '../../domain/statistics/proportion.ts';
import { ratioEstimate } from '../../domain/statistics/ratio.ts';
import { studentQuantile } from '../../domain/statistics/student.ts';

const BAND = { low: 0.93, high: 0.97 } as const;
const { values } = parseArgs({
  options: {
    draws: { type: 'string', default: '4000' },
    seed: { type: 'string', default: '1' },
    /** Of two rows of one cluster. */
    correlation: { type: 'string', default: '0.2' },
  },
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

/** A row copies the common draw of its cluster with this probability, else draws its own: rows of a cluster correlate at its square. */
const COPIES = Math.sqrt(Number(values.correlation));

const results = cells.map((cell, at) => {
  const random = createRandom(Number(values.seed) * 1_000 + at);
  const held = { shown: 0, plain: 0 };
  let width = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    const rows = sample(cell, random);
    const { lower, upper } = scoreMean(rows)!;
    const shown = { lower: lower ?? 0, upper: upper ?? 1 };
    if (holds(shown, cell.rate)) held.shown += 1;
    if (holds(cell.sizes === 'single' ? shown : plainInterval(rows), cell.rate)) held.plain += 1;
    width += shown.upper - shown.lower;
  }
  const [coverage, plain] = [held.shown / draws, held.plain / draws];
  return { ...cell, coverage, plain, width: width / draws };
});

/** Sizes whose plain interval is too narrow somewhere: no sample tells its own rate, so that the wider one is shown at all rates. */
const tooNarrow = new Set(
  results.filter((at) => at.clusters >= 30 && at.plain < BAND.low).map(({ sizes }) => sizes),
);
const judged = results.map((cell) => {
  const inBand = cell.coverage >= BAND.low && cell.coverage <= BAND.high;
  const note =
    cell.clusters < 30 || inBand
      ? ''
      : cell.coverage < BAND.low
        ? 'FAILS'
        : tooNarrow.has(cell.sizes)
          ? 'wider: the plain interval fails for such clusters'
          : latticeOnly(cell)
            ? 'no set of counts near the rate has 93 to 97 %'
            : 'FAILS: wider without need';
  return { ...cell, inBand, note, passed: !note.startsWith('FAILS') };
});
for (const cell of judged) process.stderr.write(`${lineOf(cell)}\n`);
const passed = judged.every((cell) => cell.passed);
const { correlation } = values;
process.stdout.write(
  `${JSON.stringify({ bench: 'coverage', draws, correlation: Number(correlation), results: judged, passed })}\n`,
);
process.exitCode = passed ? 0 : 1;

function share(of: number): string {
  return `${(of * 100).toFixed(1)} %`;
}

function lineOf({ clusters, rate, sizes, coverage, plain, width, note }: (typeof judged)[number]) {
  const cell = `${String(clusters).padStart(3)} clusters  rate ${rate.toFixed(2)}  ${sizes.padEnd(7)}`;
  return `${cell}  shown ${share(coverage)}  plain ${share(plain)}  mean width ${width.toFixed(3)}  ${note}`.trimEnd();
}

type Interval = { readonly lower: number; readonly upper: number };

function holds({ lower, upper }: Interval, rate: number): boolean {
  return lower <= rate && rate <= upper;
}

/** Wilson's interval at the effective size of the linearised variance, with Student's quantile. */
function plainInterval(rows: readonly ClusteredValue[]): Interval {
  const totals = clusterTotals(rows);
  const { theta, se, clusters } = ratioEstimate(totals);
  const effective = se === 0 ? clusters : (theta * (1 - theta)) / (se * se);
  const quantile = studentQuantile(0.975, clusters - 1);
  return wilsonInterval({ rate: theta, total: Math.min(rows.length, effective), quantile });
}

/**
 * Whether single rows can come no closer: a count of n rows is covered or not, so that coverage moves in steps. True where a run of counts
 * up to n has less than 93 % or more than 97 %, whatever its length.
 */
function latticeOnly({ clusters, rate, sizes }: Cell): boolean {
  if (sizes !== 'single') return false;
  let mass = rate ** clusters;
  let tail = mass;
  for (let count = clusters; count > 0 && tail < BAND.low; count -= 1) {
    mass *= (count / (clusters - count + 1)) * ((1 - rate) / rate);
    tail += mass;
  }
  return tail > BAND.high;
}

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
