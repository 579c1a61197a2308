import { listCandidates, type PoolCandidate } from '../../db/engines/candidates.ts';
import type { Db } from '../../db/connect.ts';
import { type Cycle, getCycle } from '../../db/cycles/cycles.ts';
import { type Spend, totalSpend } from '../../db/engines/spend.ts';
import { getTexts } from '../../db/versions/texts.ts';
import { percent, usd } from '../terminal/figures.ts';
import { bold, dim } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

/** What a search came to, or how far it is. */
export type SearchState = {
  readonly search: Cycle;
  readonly candidates: readonly PoolCandidate[];
  readonly spend: Spend;
};

export async function readSearch(db: Db, at: Cycle): Promise<SearchState> {
  const run = { project: at.project, run: `${at.key}/optimize` };
  const [search, candidates, spend] = await Promise.all([
    getCycle(db, at),
    listCandidates(db, run),
    totalSpend(db, at),
  ]);
  return { search, candidates, spend };
}

/** The answer under --json; texts of the finalist by prompt name. */
export async function searchAnswer(db: Db, state: SearchState) {
  const { search, candidates, spend } = state;
  const finalist = candidates.find(({ hash }) => hash === search.finalistHash) ?? null;
  return {
    id: `${search.cycle}/${search.number}`,
    state: search.state,
    outcome: search.outcome,
    why: search.note,
    optimize: search.optimizeReport,
    incumbent: candidates[0]?.hash ?? null,
    candidates,
    fronts: frontsOf(candidates),
    finalist: finalist === null ? null : finalist.hash,
    texts: finalist === null ? null : await textsOf(db, search, finalist),
    claim: claimOf(state),
    spend,
  };
}

async function textsOf(
  db: Db,
  { project }: Cycle,
  { prompts }: PoolCandidate,
): Promise<Readonly<Record<string, string>>> {
  const texts = await getTexts(db, { project, hashes: Object.values(prompts) });
  return Object.fromEntries(Object.entries(prompts).map(([name, hash]) => [name, texts[hash]!]));
}

/** Different keys that some candidate leads on. */
export const frontsOf = (candidates: readonly PoolCandidate[]): number =>
  new Set(candidates.flatMap(({ fronts }) => fronts)).size;

/** What may be said of the result, and no more. */
export function claimOf({ search, candidates }: SearchState): string {
  if (search.finalistHash === null)
    return `No candidate is better than the prompt as it stands: ${search.note ?? 'the search goes on'}.`;
  return (
    `The finalist led on validation, but it was chosen there from ${candidates.length} candidates, which flatters it: ` +
    'this is no evidence of a gain. Only a gate on sealed conversations can tell; nothing is promoted.'
  );
}

/** Candidates as a table, the finalist marked, and the claim under it. */
export function searchText(state: SearchState): string {
  const { search, candidates, spend } = state;
  const places = new Map(candidates.map(({ hash, position }) => [hash, position]));
  const rows = candidates.map((row) => [
    row.hash === search.finalistHash ? bold('finalist') : row.position === 0 ? 'incumbent' : '',
    String(row.position),
    row.parents.map((parent) => places.get(parent) ?? '?').join(' + ') || '-',
    row.validation === null ? '-' : percent(row.validation),
    String(row.fronts.length),
    String(row.discoveredAt),
    String(row.length),
    dim(row.hash.slice(0, 12)),
  ]);
  const heads = ['', 'n', 'from', 'validation', 'fronts', 'found at', 'characters', 'hash'];
  const report = search.optimizeReport;
  const made =
    report === null
      ? ''
      : `${report.rollouts} of ${report.budget} rollouts, ${report.reflections} reflections, ${report.duplicatePairs} pairs paid twice, `;
  return [
    table(heads, rows),
    `${made}${spend.calls} model calls, spent ${usd(spend.usd)}`,
    claimOf(state),
  ].join('\n');
}
