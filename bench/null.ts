import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Cell } from './null-cells.ts';
import { NULL_CELLS, POWER_CELLS } from './null-cells.ts';
import type { CellResult } from './null-run.ts';
import { runCell } from './null-run.ts';

/** First look of alpha 0.05; all looks together may spend alpha. */
const LEVELS = { first: 0.025, all: 0.05 };

const { values } = parseArgs({
  options: {
    simulations: { type: 'string', default: '200' },
    setting: { type: 'string', default: '' },
    /** Rows are kept here as they are done, and found again by a later run. */
    kept: { type: 'string' },
  },
});
const simulations = Number(values.simulations);
if (!Number.isInteger(simulations) || simulations < 1) {
  process.stderr.write(`--simulations ${values.simulations}: give a whole number from 1\n`);
  process.exit(2);
}

const chosen = (cells: readonly Cell[]) =>
  cells.filter(({ setting }) => setting.includes(values.setting));
const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function line(result: CellResult, level: number | null): string {
  const isOver = level !== null && result.gate > level + 2 * result.gateError;
  return [
    result.setting.padEnd(36),
    String(result.clusters).padStart(4),
    String(result.margin).padStart(6),
    `${percent(result.gate)} +- ${percent(result.gateError)}`.padStart(18),
    `${percent(result.naive)} +- ${percent(result.naiveError)}`.padStart(18),
    isOver ? `  above ${percent(level)}` : '',
  ].join('  ');
}

const kept: readonly CellResult[] =
  values.kept !== undefined && existsSync(values.kept)
    ? readFileSync(values.kept, 'utf8')
        .trim()
        .split('\n')
        .filter((text) => text !== '')
        .map((text) => JSON.parse(text) as CellResult)
    : [];

const found = (cell: Cell): CellResult | undefined =>
  kept.find(
    (at) =>
      at.setting === cell.setting &&
      at.clusters === cell.clusters &&
      at.margin === cell.margin &&
      at.simulations === simulations,
  );

function keep(result: CellResult): CellResult {
  if (values.kept !== undefined) appendFileSync(values.kept, `${JSON.stringify(result)}\n`);
  return result;
}

function table(title: string, cells: readonly Cell[], levelOf: (cell: Cell) => number | null) {
  process.stdout.write(`\n${title} (${simulations} simulations a row)\n`);
  const head = ['setting'.padEnd(36), '   G', 'margin', 'gate'.padStart(18), 'naive'.padStart(18)];
  process.stdout.write(`${head.join('  ')}\n`);
  return cells.map((cell) => {
    const result = found(cell) ?? keep(runCell(cell, simulations));
    const level = levelOf(cell);
    process.stdout.write(`${line(result, level)}\n`);
    return level === null
      ? result
      : { ...result, level, holds: result.gate <= level + 2 * result.gateError };
  });
}

const nulls = table('Wrong promotions', chosen(NULL_CELLS), (cell) =>
  cell.looks > 1 ? LEVELS.all : LEVELS.first,
);
const power = table('Right promotions', chosen(POWER_CELLS), () => null);
process.stdout.write(`${JSON.stringify({ simulations, nulls, power })}\n`);
