import { html } from 'hono/html';
import type { AgreementReport, JudgeReport } from '../../../contracts/report.ts';
import { chart, intervalsChart } from '../ui/chart.ts';
import { percent, points, pointsRange, range } from '../ui/figures.ts';
import type { Html } from '../ui/page.ts';
import { dataTable, decimal } from '../ui/parts.ts';

/** How far the judge agrees with people, before and after alignment. */
export function judgePart(report: JudgeReport | null): Html {
  if (report === null)
    return html`<h2>Judge</h2>
      <p class="empty">The judge has not been compared with people.</p>`;
  const { base, aligned, difference, method, guidelines } = report;
  const notes = report.alignment?.notes ?? [];
  const judges = {
    'before alignment': base,
    ...(aligned !== null && { 'after alignment': aligned }),
  };
  return html`<h2>Judge: agreement with people</h2>
    <p>
      ${report.adopted ? 'The aligned judge was adopted' : 'The base judge stayed'}: ${report.why}
    </p>
    ${agreementTable(judges)}
    ${
      notes.length === 0
        ? ''
        : html`<ul>
            ${notes.map((line) => html`<li>${line}</li>`)}
          </ul>`
    }
    ${
      difference === null
        ? ''
        : html`<p>
            Gain in accuracy ${points(difference.mean)} (95 % interval
            ${pointsRange(difference.interval)}), ${method}.
          </p>`
    }
    ${agreementChart(judges)}
    <div class="columns">
      ${Object.entries(judges).map(([name, at]) => confusionChart(name, at))}
    </div>
    ${
      guidelines.length === 0
        ? ''
        : html`<h3>Guidelines distilled from labels</h3>
            <ul>
              ${guidelines.map(
                ({ text, sources }) =>
                  html`<li>${text} <small>(from ${sources} labels)</small></li>`,
              )}
            </ul>`
    }`;
}

/** Judges by name, a row each. */
export const agreementTable = (judges: Readonly<Record<string, AgreementReport>>): Html =>
  dataTable({
    caption: 'Agreement of the judge with people',
    head: ['judge', 'accuracy', '95 % interval', 'kappa', 'sensitivity', 'specificity', 'items'],
    rows: Object.entries(judges).map(([name, at]) => [
      name,
      percent(at.accuracy),
      range(at.accuracyInterval),
      at.kappaInterval === null
        ? decimal(at.kappa)
        : `${decimal(at.kappa)} (${decimal(at.kappaInterval.low)} to ${decimal(at.kappaInterval.high)})`,
      percent(at.truePositiveRate),
      percent(at.trueNegativeRate),
      at.n,
    ]),
  });

export const agreementChart = (judges: Readonly<Record<string, AgreementReport>>): Html | string =>
  intervalsChart('Accuracy of the judge, with 95 % intervals', 'accuracy', {
    rows: Object.entries(judges).map(([label, at]) => ({
      label,
      mean: at.accuracy,
      interval: at.accuracyInterval,
    })),
  });

export const confusionChart = (name: string, { confusion }: AgreementReport): Html | string =>
  Object.keys(confusion).length === 0
    ? ''
    : chart(`Confusion matrix, ${name}`, {
        kind: 'matrix',
        rowTitle: 'people',
        columnTitle: 'judge',
        counts: confusion,
      });
