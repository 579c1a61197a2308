import type { Db } from '../../db/connect.ts';
import {
  loadResults,
  loadScores,
  type ResultRow,
  type Run,
  type ScoreRow,
} from '../../db/runs/runs.ts';
import { measured, scoredRow } from '../../domain/evaluate/aggregate.ts';
import { type Section, table } from '../report/blocks.ts';

/** Rows shown for each scorer. */
const SHOWN = 20;

/** Under each scorer the rows to look at first, with their content: those not measured, then the lowest scores. */
export async function worstRows(db: Db, run: Run): Promise<readonly Section[]> {
  const sections: Section[] = [];
  for (const { id, name } of run.scorers) {
    const at = { project: run.project, run: run.name, scorer: id };
    const lowest = (await loadScores(db, at))
      .filter((row) => rank(row) < 1)
      .sort((a, b) => rank(a) - rank(b) || a.ordinal - b.ordinal)
      .slice(0, SHOWN);
    if (lowest.length === 0) continue;
    const rows = await loadResults(db, { ...at, examples: lowest.map(({ example }) => example) });
    const byOrdinal = new Map(rows.map((row) => [row.ordinal, row]));
    const shown = lowest.flatMap(({ ordinal }) => byOrdinal.get(ordinal) ?? []);
    sections.push({ title: `Lowest rows of ${name}`, blocks: [table(HEADINGS, shown.map(cells))] });
  }
  return sections;
}

/** What is missing first, then by score; what does not apply is nothing to look at. */
function rank(row: ScoreRow): number {
  const found = measured(scoredRow(row));
  return found.kind === 'missing' ? -1 : found.kind === 'score' ? found.score : 1;
}

const HEADINGS = ['example', 'score', 'inputs', 'outputs', 'why'];

function cells(row: ResultRow): readonly string[] {
  const found = measured(scoredRow(row));
  const why = row.assessment?.error?.message ?? row.error?.message ?? row.rationale ?? '';
  return [
    row.example,
    found.kind === 'score' ? found.score.toFixed(2) : 'missing',
    short(JSON.stringify(row.content.inputs)),
    row.outputs === null ? '' : short(JSON.stringify(row.outputs)),
    short(why),
  ];
}

const LONGEST = 600;

const short = (text: string): string =>
  text.length > LONGEST ? `${text.slice(0, LONGEST)} … (${text.length - LONGEST} more)` : text;
