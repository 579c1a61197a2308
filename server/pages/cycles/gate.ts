import { html } from 'hono/html';
import type { GateReport, PeopleReport } from '../../../contracts/report.ts';
import type { Cycle } from '../../../db/cycles/cycles.ts';
import { pValue } from '../../../domain/figures.ts';
import { GUARDRAIL_HEADINGS, guardrailRows } from '../../../domain/promote/guardrail-rows.ts';
import { intervalsChart } from '../ui/chart.ts';
import { percent, points, pointsRange, range } from '../ui/figures.ts';
import type { Html } from '../ui/page.ts';
import { dataTable, facts } from '../ui/parts.ts';

/** Both arms and the test between them, once there is a verdict; before it nothing of the gate shows. */
export function gatePart({ verdict, gateReport }: Cycle): Html {
  if (verdict === null || gateReport === null)
    return html`<h2>Gate</h2>
      <p class="empty">No verdict yet: scores of the sealed part show after it.</p>`;
  const gate = gateReport;
  const arms = { incumbent: gate.incumbent, finalist: gate.finalist };
  return html`<h2>Gate: ${verdict}</h2>
    ${facts({
      difference: points(gate.estimate),
      'one-sided bounds': `${points(gate.lower)} to ${points(gate.upper)}`,
      level: gate.alpha.toPrecision(2),
      margin: points(gate.margin),
      p: pValue(gate.p),
      look: gate.look,
      conversations: gate.clusters,
      'would decide': neededText(gate),
    })}
    ${dataTable({
      caption: 'Arms of the gate',
      head: ['arm', 'score', '95 % interval', 'examples', 'not measured', 'failed'],
      rows: Object.entries(arms).map(([arm, at]) => [
        arm,
        percent(at.mean),
        range(at.interval),
        `${at.n} in ${at.clusters} clusters`,
        at.missing,
        at.failed,
      ]),
    })}
    ${intervalsChart('Score on the sealed part, with 95 % intervals', 'score', {
      rows: Object.entries(arms).map(([label, at]) => ({ label, ...at })),
    })}
    ${dataTable({
      caption: 'Guardrails',
      head: GUARDRAIL_HEADINGS,
      rows: guardrailRows(gate),
      empty: 'The policy names no guardrail.',
    })}
    ${peoplePart(gate)}
    <ul>
      ${[...gate.reasons, ...gate.notes].map((line) => html`<li>${line}</li>`)}
    </ul>`;
}

function neededText({ clustersNeeded: needed }: GateReport): string {
  if (needed === null || needed.observed === null) return 'not estimated';
  const cautious = needed.cautious === null ? '' : ` (cautiously ${needed.cautious})`;
  return `${needed.observed} conversations${cautious}`;
}

function peoplePart({ people }: GateReport): Html | string {
  if (people === undefined) return '';
  return html`<h3>People, blind to the arm</h3>
    ${facts({
      labelled: `${people.labelled} examples, ${people.clusters} clusters`,
      'by people alone': people.raw ? differenceText(people.raw) : 'not measured',
      'with the judge (PPI++)': people.corrected
        ? differenceText(people.corrected)
        : 'nothing left for the judge',
      'Rogan-Gladen': points(people.roganGladen),
    })}`;
}

const differenceText = ({ mean, interval }: NonNullable<PeopleReport['raw']>): string =>
  `${points(mean)} (${pointsRange(interval)})`;
