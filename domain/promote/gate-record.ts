export type GateArm = 'incumbent' | 'finalist';

/** What one trial of one sealed example gave under one arm. */
export type GateRecord = {
  readonly exampleId: string;
  readonly cluster: string;
  readonly arm: GateArm;
  readonly trial: number;
  /** The primary metric in [0, 1]; null is missing: our infrastructure or the judge failed. */
  readonly score: number | null;
  /** The agent's own failure: an outcome with the lowest score, whatever `score` says. */
  readonly failed?: boolean;
  readonly latencyMs?: number | null;
  readonly costUsd?: number | null;
  /** Other scorers by name, in [0, 1]. */
  readonly scores?: Readonly<Record<string, number | null>>;
  /** Names of the scorers that had nothing to say of the output; their scores are null. */
  readonly notApplicable?: readonly string[];
};

/** The values of one example: one entry a trial, null where missing. */
export type ExampleCells = {
  readonly example: string;
  readonly cluster: string;
  readonly incumbent: readonly (number | null)[];
  readonly finalist: readonly (number | null)[];
};

/** Records that contradict each other: a cell given twice, or an example in two clusters. */
export class GateRecordError extends Error {
  override readonly name = 'GateRecordError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly example: string;

  constructor(example: string, why: string) {
    super(`example ${example}: ${why}`);
    this.example = example;
  }
}

/** The primary score of a record: an agent failure scores 0. */
export function primaryScore(record: GateRecord): number | null {
  return record.failed === true ? 0 : record.score;
}

/** Throws GateRecordError when a score lies outside [0, 1]. */
export function checkScores(records: readonly GateRecord[]): void {
  for (const { exampleId, arm, trial, score, scores } of records)
    for (const value of [score, ...Object.values(scores ?? {})])
      if (value !== null && !(value >= 0 && value <= 1))
        throw new GateRecordError(
          exampleId,
          `${arm}, trial ${trial}: score ${value} lies outside [0, 1]`,
        );
}

/**
 * One row an example, in the order of ids, with a cell for each of the `trials` (numbered from 0) and
 * any other trial seen; a cell without a record is missing. Throws GateRecordError.
 */
export function tabulate(input: {
  readonly records: readonly GateRecord[];
  readonly trials: number;
  readonly valueOf: (record: GateRecord) => number | null;
}): ExampleCells[] {
  const trials = trialNumbers(input.records, input.trials);
  const examples = new Map<string, { cluster: string; cells: Map<string, number | null> }>();
  for (const record of input.records) {
    const row = examples.get(record.exampleId) ?? { cluster: record.cluster, cells: new Map() };
    const cell = `${record.arm}/${record.trial}`;
    if (row.cluster !== record.cluster)
      throw new GateRecordError(
        record.exampleId,
        `stands in clusters \`${row.cluster}\` and \`${record.cluster}\`; an example has one`,
      );
    if (row.cells.has(cell))
      throw new GateRecordError(
        record.exampleId,
        `${record.arm}, trial ${record.trial}: given twice`,
      );
    row.cells.set(cell, input.valueOf(record));
    examples.set(record.exampleId, row);
  }
  const cellsOf = (cells: ReadonlyMap<string, number | null>, arm: GateArm) =>
    trials.map((trial) => cells.get(`${arm}/${trial}`) ?? null);
  return [...examples.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([example, { cluster, cells }]) => ({
      example,
      cluster,
      incumbent: cellsOf(cells, 'incumbent'),
      finalist: cellsOf(cells, 'finalist'),
    }));
}

function trialNumbers(records: readonly GateRecord[], trials: number): number[] {
  const seen = new Set(records.map(({ trial }) => trial));
  const free = Array.from({ length: trials }, (_, trial) => trial).filter((t) => !seen.has(t));
  const short = Math.max(0, trials - seen.size);
  return [...seen, ...free.slice(0, short)].sort((a, b) => a - b);
}
