import { createStream } from '../domain/statistics/stream.ts';
import type { Cell } from './null-cells.ts';
import { gatePromotes, naivePromotes } from './null-rule.ts';
import type { Trial } from './null-rule.ts';
import { searchFindsFinalist } from './null-search.ts';
import { simulate } from './null-settings.ts';

/** Shares of simulations that end in a promotion, each with its Monte Carlo error. */
export type CellResult = {
  readonly setting: string;
  readonly clusters: number;
  readonly margin: number;
  readonly shift: number;
  readonly simulations: number;
  readonly gate: number;
  readonly gateError: number;
  readonly naive: number;
  readonly naiveError: number;
};

/** Simulates one cell; equal names give equal results. */
export function runCell(cell: Cell, simulations: number): CellResult {
  let [gate, naive] = [0, 0];
  for (let run = 0; run < simulations; run += 1) {
    const seed = `${cell.setting}/${cell.clusters}/${cell.margin}/${run}`;
    const trial: Trial = { ...cell, seed, stream: createStream(seed) };
    const found = cell.searched
      ? searchFindsFinalist(seed, cell.candidates)
      : naivePromotes(trial, cell.candidates);
    if (found) naive += 1;
    if ((found || !cell.searched) && promotes(cell, trial)) gate += 1;
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
    naive: naive / simulations,
    naiveError: error(naive, simulations),
  };
}

/** Looks pool what came before. */
function promotes(cell: Cell, trial: Trial): boolean {
  for (let look = 1; look <= cell.looks; look += 1) {
    const records = simulate({
      ...trial,
      stream: createStream(`${trial.seed}/sealed`),
      clusters: cell.clusters * look,
    });
    if (gatePromotes(records, trial, look)) return true;
  }
  return false;
}

function error(count: number, simulations: number): number {
  const rate = (count + 0.5) / (simulations + 1);
  return Math.sqrt((rate * (1 - rate)) / simulations);
}
