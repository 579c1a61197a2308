import { html } from 'hono/html';
import type { CycleReport } from '../../../contracts/report.ts';
import type { PoolCandidate } from '../../../db/engines/candidates.ts';
import { chart } from '../ui/chart.ts';
import type { Html } from '../ui/page.ts';
import { percent } from '../ui/figures.ts';
import { dataTable } from '../ui/parts.ts';

/** What the search found: score against length with its Pareto front, and who came from whom. */
export function candidatesPart(
  candidates: readonly PoolCandidate[],
  report: CycleReport['optimize'],
): Html {
  if (candidates.length === 0)
    return html`<h2>Candidates</h2>
      <p class="empty">The search has not found any yet.</p>`;
  const label = ({ hash }: PoolCandidate): string =>
    `${hash.slice(0, 8)}${hash === report?.finalist ? ' (finalist)' : ''}`;
  const measured = candidates.flatMap((at) =>
    at.validation === null ? [] : [{ ...at, validation: at.validation }],
  );
  return html`<h2>Candidates</h2>
    ${
      report === null
        ? ''
        : html`<p>
            ${report.rollouts} of ${report.budget} rollouts, ${report.reflections} reflections.
            ${report.why}
          </p>`
    }
    <div class="columns">
      ${chart('Validation score against length: Pareto front', {
        kind: 'front',
        xTitle: 'characters',
        yTitle: 'validation score',
        points: measured.map((at) => ({
          label: label(at),
          x: at.length,
          y: at.validation,
          front: !measured.some((other) => dominates(other, at)),
        })),
      })}
      ${lineageChart(candidates, label)}
    </div>
    ${dataTable({
      caption: 'Candidates',
      head: ['candidate', 'validation', 'fronts it is on', 'found after', 'length', 'parents'],
      rows: candidates.map((at) => [
        label(at),
        percent(at.validation),
        at.fronts.length,
        `${at.discoveredAt} rollouts`,
        `${at.length} characters`,
        at.parents.map((parent) => parent.slice(0, 8)).join(', ') || 'the seed',
      ]),
    })}`;
}

type Measured = { readonly length: number; readonly validation: number };

/** At least as good in both, and better in one. */
const dominates = (a: Measured, b: Measured): boolean =>
  a.validation >= b.validation &&
  a.length <= b.length &&
  (a.validation > b.validation || a.length < b.length);

function lineageChart(
  candidates: readonly PoolCandidate[],
  label: (candidate: PoolCandidate) => string,
): Html {
  // Parents stand before their children in the pool.
  const depths = new Map<string, number>();
  for (const { hash, parents } of candidates)
    depths.set(hash, Math.max(-1, ...parents.map((parent) => depths.get(parent) ?? -1)) + 1);
  return chart('Lineage of the candidates', {
    kind: 'lineage',
    nodes: candidates.map((at) => ({
      id: at.hash,
      label: label(at),
      depth: depths.get(at.hash) ?? 0,
      score: at.validation,
    })),
    edges: candidates.flatMap(({ hash, parents }) =>
      parents.filter((from) => depths.has(from)).map((from) => ({ from, to: hash })),
    ),
  });
}
