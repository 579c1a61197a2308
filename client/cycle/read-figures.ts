import type { Phase } from '../../contracts/progress.ts';
import type { Db } from '../../db/connect.ts';
import { cycleKey, getCycle } from '../../db/cycles/cycles.ts';
import { countParts } from '../../db/data/datasets.ts';
import { type Arms, runFigures } from '../../db/runs/figures.ts';
import { listSessions } from '../../db/labels/sessions.ts';
import { totalSpend } from '../../db/engines/spend.ts';
import type { Figures } from './progress-text.ts';
import type { CycleName } from '../../operations/cycle/reference.ts';

/** Phases that have a run of rollouts, named after them. */
const MEASURED: readonly Phase[] = ['evaluate', 'baseline', 'optimize', 'gate'];
const BUDGET_PER_ROW = 20;

/** How far the current phase of a cycle has come. The gate's scores are not shown before its verdict. */
export async function readFigures(db: Db, name: CycleName, phase: Phase): Promise<Figures> {
  const cycle = cycleKey(name);
  const { usd: spend } = await totalSpend(db, name);
  if (phase === 'label' || phase === 'check')
    return { ...(await labelsOf(db, name, phase)), score: null, spend };
  if (!MEASURED.includes(phase)) return { done: 0, total: 0, score: null, spend };
  const found = await runFigures(db, { project: name.project, ...measuredIn(cycle, phase) });
  const total = phase === 'optimize' ? Math.max(found.done, await budgetOf(db, name)) : found.total;
  const score = phase === 'gate' ? null : found.score;
  return { done: found.done, total, score, spend };
}

// The search goes on in the run of its baseline.
function measuredIn(cycle: string, phase: Phase): { readonly run: string; readonly arms: Arms } {
  if (phase === 'baseline') return { run: `${cycle}/optimize`, arms: 'first' };
  return { run: `${cycle}/${phase}`, arms: phase === 'optimize' ? 'others' : 'all' };
}

/** Rollouts that the search may use: an upper bound, as it may stop before. */
async function budgetOf(db: Db, name: CycleName): Promise<number> {
  const { spec, datasetVersion } = await getCycle(db, name);
  if (spec.optimize.budget !== undefined) return spec.optimize.budget;
  const parts = await countParts(db, { project: name.project, version: datasetVersion });
  return BUDGET_PER_ROW * (parts.validation?.rows ?? 0);
}

async function labelsOf(
  db: Db,
  name: CycleName,
  phase: 'label' | 'check',
): Promise<Pick<Figures, 'done' | 'total'>> {
  const sessions = await listSessions(db, { project: name.project });
  const kind = phase === 'check' ? 'check' : 'round';
  const session = sessions.find((row) => row.cycle === cycleKey(name) && row.kind === kind);
  return { done: session?.labels ?? 0, total: session?.target ?? 0 };
}
