import { claimed } from '../../../domain/people/claimed.ts';
import { html } from 'hono/html';
import type { AliasMove, PromptVersion } from '../../../contracts/prompt.ts';
import type { Cycle } from '../../../db/cycles/cycles.ts';
import { intervalsChart } from '../ui/chart.ts';
import type { Html } from '../ui/page.ts';
import { badge, dataTable, moment } from '../ui/parts.ts';

export const versionsPart = (versions: readonly PromptVersion[]): Html =>
  html`<h2>Versions</h2>
    ${dataTable({
      caption: 'Versions',
      head: ['version', 'made', 'length', 'from', 'by', 'models', 'message'],
      rows: versions
        .toReversed()
        .map((row) => [
          html`<a href="?to=${row.number}">${row.number}</a>`,
          moment(row.createdAt),
          `${row.text.length} characters`,
          row.parent ?? '',
          row.cycle === null ? 'a person' : html`<a href="/cycles/${row.cycle}">${row.cycle}</a>`,
          Object.values(row.models ?? {}).join(', '),
          row.message ?? '',
        ]),
    })}`;

/** Scores of versions at decided gates, oldest first; a gate without a verdict is left out. */
export function versionScores(name: string, cycles: readonly Cycle[]): Html | string {
  const rows = cycles.toReversed().flatMap(({ key, verdict, gateReport, incumbent, finalist }) => {
    if (verdict === null || gateReport === null || incumbent[name] === undefined) return [];
    const arms = [
      { number: incumbent[name], at: gateReport.incumbent },
      { number: finalist?.[name], at: gateReport.finalist },
    ];
    return arms.flatMap(({ number, at }) =>
      number === undefined ? [] : [{ label: `${number} (${key})`, ...at }],
    );
  });
  const chart = intervalsChart('Score by version and cycle, with 95 % intervals', 'score', {
    rows,
  });
  if (chart === '') return '';
  return html`<h2>Scores at gates</h2>
    <p class="hint">Compare within a cycle: another cycle has another judge and other rows.</p>
    ${chart}`;
}

export const historyPart = (moves: readonly AliasMove[]): Html =>
  html`<h2>History of the aliases</h2>
    ${dataTable({
      caption: 'History of the aliases',
      head: ['when', 'alias', 'from', 'to', 'who', 'why', 'evidence'],
      rows: moves
        .toSorted((a, b) => (a.at < b.at ? 1 : -1))
        .map((move) => [
          moment(move.at),
          move.alias,
          move.from ?? 'nowhere',
          move.to,
          claimed(move.who),
          html`${move.rollback ? badge('rollback', 'wait') : ''} ${move.why}`,
          move.override
            ? badge('override', 'bad')
            : (move.evidence?.slice(0, 12) ?? move.cycle ?? ''),
        ]),
    })}`;
