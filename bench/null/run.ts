import { createStream } from '../../domain/statistics/stream.ts';
import { type Cell, cellId } from './cells.ts';
import { gatePromotes, naivePromotes } from './rule.ts';
import type { Trial } from './rule.ts';
import { searchFindsFinalist } from './search.ts';
import { simulate } from './settings.ts';

/** Shares of simulations that end in a promotion, each with its Monte Carlo error. */
export type CellResult = {
  readonly setting: string;
  readonly clusters: number;
  readonly margin: number;
  readonly shift: number;
  readonly simulations: number;
  /** Of the gates, each given a finalist. */
  readonly gate: number;
  readonly gateError: number;
  /** Of whole cycles: the search names a finalist, and the gate promotes it. Null where no search is run. */
  readonly cycle: number | null;
  /** Share of searches that name a finalist, which a rule without a gate would promote. */
  readonly search: number | null;
  readonly naive: number;
  readonly naiveError: number;
};

/** Simulations of a cell whose search is run in any case. */
const SEARCHES = 100;

/** Simulates one cell; equal names give equal results. */
export function runCell(cell: Cell, simulations: number): CellResult {
  let [gate, cycle, naive, found] = [0, 0, 0, 0];
  const searches = Math.min(SEARCHES, simulations);
  for (let run = 0; run < simulations; run += 1) {
    const seed = `${cellId(cell)}/${run}`;
    const trial: Trial = { ...cell, seed, stream: createStream(seed) };
    if (naivePromotes(trial, cell.candidates)) naive += 1;
    const passes = promotes(cell, trial);
    if (passes) gate += 1;
    // What the gate refuses is refused whatever the search found: beyond the first ones only the rest is searched.
    if (!cell.searched || (!passes && run >= searches)) continue;
    const finds = searched(cell, run);
    if (finds && passes) cycle += 1;
    if (finds && run < searches) found += 1;
  }
  const { setting, clusters, margin, shift } = cell;
  return {
    setting,
    clusters,
    margin,
    shift,
    simulations,
    gate: gate / simulations,
    gateError: error(gate, simulations),
    cycle: cell.searched ? cycle / simulations : null,
    search: cell.searched ? found / searches : null,
    naive: naive / simulations,
    naiveError: error(naive, simulations),
  };
}

const known = new Map<string, boolean>();

/** A search knows nothing of the sealed part: cells that differ in its size alone share their searches. */
function searched(cell: Cell, run: number): boolean {
  const seed = `${cell.setting}/${cell.margin}/${run}`;
  const before = known.get(seed);
  if (before !== undefined) return before;
  const finds = searchFindsFinalist({ ...cell, seed });
  known.set(seed, finds);
  return finds;
}

/** Looks pool what came before. */
function promotes(cell: Cell, trial: Trial): boolean {
  for (let look = 1; look <= cell.looks; look += 1) {
    const rows = simulate({
      ...trial,
      stream: createStream(`${trial.seed}/sealed`),
      clusters: cell.clusters * look,
    });
    if (gatePromotes(rows, trial, look)) return true;
  }
  return false;
}

function error(count: number, simulations: number): number {
  const rate = (count + 0.5) / (simulations + 1);
  return Math.sqrt((rate * (1 - rate)) / simulations);
}
