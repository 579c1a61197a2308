import type { GateRecord } from '../../domain/promote/gate-record.ts';
import { clusterTotals } from '../../domain/statistics/mean.ts';
import type { ClusterTotal } from '../../domain/statistics/ratio.ts';
import type { Stream } from '../../domain/statistics/stream.ts';

/** One simulated example: the incumbent's score, and a draw for each candidate; null is missing. */
export type Drawn = {
  readonly incumbent: number | null;
  readonly candidate: () => number | null;
};

/** Draws one cluster: its examples, whose mean difference over the population is exactly `shift`. */
export type Draw = (stream: Stream, shift: number) => readonly Drawn[];

/** Chances to pass of mixed difficulty; mean 0.59, and each can rise by 0.05. */
const DIFFICULTY: readonly number[] = [0.2, 0.4, 0.6, 0.8, 0.95];

const flip = (stream: Stream, chance: number): 0 | 1 => (stream.uniform() < chance ? 1 : 0);

const difficulty = (stream: Stream) => DIFFICULTY[stream.below(DIFFICULTY.length)] ?? 0;

/** All arms pass independently with the same chance, the candidates' moved by the shift. */
export const exchangeable: Draw = (stream, shift) => {
  const chance = difficulty(stream);
  const moved = shift <= 0.05 ? chance + shift : movedWithin(chance, shift);
  return [{ incumbent: flip(stream, chance), candidate: () => flip(stream, moved) }];
};

/** A larger shift has room only below: all difficulties rise to keep its mean. */
function movedWithin(chance: number, shift: number): number {
  const room = 1 - DIFFICULTY.reduce((sum, c) => sum + c, 0) / DIFFICULTY.length;
  return chance + ((1 - chance) * shift) / room;
}

/** Rare examples on which every candidate loses 0.9, and small gains elsewhere; or the mirror image. */
export function skewed(direction: 'losses' | 'gains', rate: number): Draw {
  return (stream, shift) => {
    const sign = direction === 'losses' ? -1 : 1;
    const isRare = stream.uniform() < rate;
    const mean = isRare ? sign * 0.9 : (shift - sign * 0.9 * rate) / (1 - rate);
    const noise = () => (isRare ? 0 : 0.02 * (stream.uniform() - 0.5));
    const incumbent = isRare ? (1 - sign * 0.9) / 2 : 0.5;
    return [{ incumbent, candidate: () => incumbent + mean + noise() }];
  };
}

/** Conversations of 1 to 5 rows: short ones gain less, long ones more, the mean over rows is the shift. */
export const sizeCorrelated: Draw = (stream, shift) => {
  const size = 1 + stream.below(5);
  const effect = shift + 0.12 * (size - 11 / 3);
  return Array.from({ length: size }, () => ({
    incumbent: flip(stream, 0.5),
    candidate: () => flip(stream, 0.5 + effect),
  }));
};

/** A candidate's scores go missing only where it fails, the incumbent's at random; 4 % each. */
export const informativeErrors: Draw = (stream, shift) => {
  const chance = difficulty(stream);
  const incumbent = flip(stream, chance);
  const lost = (passes: 0 | 1) => passes === 0 && stream.uniform() < 0.04 / 0.41;
  const candidate = () => {
    const passes = flip(stream, chance + shift);
    return lost(passes) ? null : passes;
  };
  return [{ incumbent: stream.uniform() < 0.04 ? null : incumbent, candidate }];
};

/** Equal prompts under a judge that passes 30 % of a candidate's failures, 10 % of the incumbent's. */
export const lenientJudge: Draw = (stream, shift) => {
  const chance = difficulty(stream);
  const judged = (passes: 0 | 1, falsePositive: number) =>
    passes === 1 ? 1 : flip(stream, falsePositive);
  return [
    {
      incumbent: judged(flip(stream, chance), 0.1),
      candidate: () => judged(flip(stream, chance + shift), 0.3),
    },
  ];
};

/** One simulated example of a sealed part. */
export type SimulatedRow = {
  readonly cluster: string;
  readonly row: number;
  readonly incumbent: number | null;
  readonly finalist: number | null;
};

/** The sealed part of so many clusters. */
export function simulate(input: {
  readonly draw: Draw;
  readonly clusters: number;
  readonly shift: number;
  readonly stream: Stream;
}): SimulatedRow[] {
  return Array.from({ length: input.clusters }, (_, g) => `c${String(g).padStart(4, '0')}`).flatMap(
    (cluster) =>
      input.draw(input.stream, input.shift).map(({ incumbent, candidate }, row) => ({
        cluster,
        row,
        incumbent,
        finalist: candidate(),
      })),
  );
}

/** The same as the gate is given it. */
export function recordsOf(rows: readonly SimulatedRow[]): GateRecord[] {
  return rows.flatMap(({ cluster, row, incumbent, finalist }) => {
    const cell = { exampleId: `${cluster}/${row}`, cluster, trial: 0 };
    return [
      { ...cell, arm: 'incumbent' as const, score: incumbent },
      { ...cell, arm: 'finalist' as const, score: finalist },
    ];
  });
}

/** Sums of differences by cluster, as the gate makes them of its records. */
export function totalsOf(rows: readonly SimulatedRow[]): ClusterTotal[] {
  return clusterTotals(
    rows.flatMap(({ cluster, incumbent, finalist }) =>
      incumbent === null || finalist === null ? [] : [{ cluster, value: finalist - incumbent }],
    ),
  );
}
