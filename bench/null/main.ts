import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Cell } from './cells.ts';
import { cellId, NULL_CELLS, POWER_CELLS } from './cells.ts';
import { runCells } from './pool.ts';
import type { CellResult } from './run.ts';

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
  kept.find((at) => cellId(at) === cellId(cell) && at.simulations === simulations);

const nullCells = chosen(NULL_CELLS);
const powerCells = chosen(POWER_CELLS);
const missing = [...nullCells, ...powerCells].filter((cell) => found(cell) === undefined);
let done = 0;
const computed = await runCells({
  cells: missing,
  simulations,
  told: (result) => {
    done += 1;
    if (values.kept !== undefined) appendFileSync(values.kept, `${JSON.stringify(result)}\n`);
    process.stderr.write(`${done} of ${missing.length}: ${cellId(result)}\n`);
  },
});

function table(title: string, cells: readonly Cell[], levelOf: (cell: Cell) => number | null) {
  process.stdout.write(`\n${title} (${simulations} simulations a row)\n`);
  const head = ['setting'.padEnd(36), '   G', 'margin', 'gate'.padStart(18), 'naive'.padStart(18)];
  process.stdout.write(`${head.join('  ')}\n`);
  return cells.map((cell) => {
    const result = found(cell) ?? computed[cellId(cell)]!;
    const level = levelOf(cell);
    process.stdout.write(`${line(result, level)}\n`);
    return level === null
      ? result
      : { ...result, level, holds: result.gate <= level + 2 * result.gateError };
  });
}

const nulls = table('Wrong promotions', nullCells, ({ looks }) =>
  looks > 1 ? LEVELS.all : LEVELS.first,
);
const power = table('Right promotions', powerCells, () => null);
process.stdout.write(`${JSON.stringify({ simulations, nulls, power })}\n`);
