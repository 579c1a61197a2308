import { runFigures } from '../../db/runs/figures.ts';
import type { Db } from '../../db/connect.ts';
import type { PoolCandidate } from '../../db/engines/candidates.ts';
import type { Cycle } from '../../db/cycles/cycles.ts';
import type { Cli } from '../cli.ts';
import { percent, usd } from '../terminal/figures.ts';
import type { LiveLine } from '../terminal/live-line.ts';
import { type Followed, followWorkflow } from '../workflows.ts';
import { frontsOf, readSearch } from './result.ts';
import { searchIdOf } from './start.ts';

/** Follows a search to its end: rollouts, candidates, fronts, best validation mean and spend. */
export async function watchSearch(cli: Cli, search: Cycle, signal: AbortSignal): Promise<Followed> {
  const db = await cli.connections.database();
  let last = '';
  let told = 0;
  const look = async (line: LiveLine): Promise<void> => {
    const { figures, text, candidates } = await progressOf(db, search);
    const fresh = candidates.slice(told);
    told = candidates.length;
    if (cli.json && text !== last)
      process.stderr.write(`${JSON.stringify({ ...figures, fresh })}\n`);
    if (!cli.json) {
      for (const candidate of fresh) line.keep(`     ${lineageOf(candidate, candidates)}`);
      line.show(`     ${text}`);
    }
    last = text;
  };
  return followWorkflow(cli, { id: searchIdOf(search), signal, look });
}

async function progressOf(db: Db, at: Cycle) {
  const { search, candidates, spend } = await readSearch(db, at);
  const arms = search.phase === 'optimize' ? 'others' : 'first';
  const run = { project: at.project, run: `${at.key}/optimize`, arms } as const;
  const { done, total } = await runFigures(db, run);
  const means = candidates.flatMap(({ validation }) => validation ?? []);
  const best = means.length === 0 ? null : Math.max(...means);
  const figures = {
    phase: search.phase,
    done,
    planned: total,
    candidates: candidates.length,
    fronts: frontsOf(candidates),
    best,
    spend: spend.usd,
  };
  const text = [
    `${(search.phase ?? 'starting').padEnd(9)} ${done} rollouts`,
    `${candidates.length} candidates on ${figures.fronts} fronts`,
    ...(best === null ? [] : [`best validation ${percent(best)}`]),
    `spent ${usd(spend.usd)}`,
  ].join(', ');
  return { figures, text, candidates };
}

/** A candidate as it joins the pool: its number, whom it came from, and how it stands. */
export function lineageOf(
  { position, parents, validation, fronts }: PoolCandidate,
  pool: readonly PoolCandidate[],
): string {
  const from = parents.map((hash) => pool.find((other) => other.hash === hash)?.position ?? '?');
  const origin =
    position === 0 ? 'the prompt as it stands' : from.join(' + ') || 'an earlier search';
  const mean = validation === null ? 'not measured' : `validation ${percent(validation)}`;
  return `candidate ${position} from ${origin}: ${mean}, leads on ${fronts.length}`;
}
