import { claimed } from '../../../domain/people/claimed.ts';
import type { Context } from 'hono';
import { html } from 'hono/html';
import { cycleWorkflowId } from '../../../contracts/temporal.ts';
import type { CycleReport } from '../../../contracts/report.ts';
import { listAudit } from '../../../db/audit.ts';
import { listCandidates } from '../../../db/engines/candidates.ts';
import { type Cycle, getCycle } from '../../../db/cycles/cycles.ts';
import { countParts } from '../../../db/data/datasets.ts';
import { listPhases } from '../../../db/cycles/phases.ts';
import { getReport } from '../../../db/cycles/reports.ts';
import { listSessions } from '../../../db/labels/sessions.ts';
import { spendByPurpose } from '../../../db/engines/spend.ts';
import { cautions } from '../../../domain/promote/cautions.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { goOn } from '../../../operations/cycle/report.ts';
import { candidatesPart } from './candidates.ts';
import { decidePart } from './decide.ts';
import { gatePart } from './gate.ts';
import { judgePart } from './judge.ts';
import { phasesPart, spendPart } from './phases.ts';
import { nameOf, outcomeBadge, stateBadge, verdictBadge } from './parts.ts';
import { partsTable } from '../datasets/parts.ts';
import { diffBlock } from '../ui/diff.ts';
import { type Html, show } from '../ui/page.ts';
import { dataTable, facts, moment, segment } from '../ui/parts.ts';

/** One cycle: how far it is, what it found and what it cost. Nothing of a gate shows before its verdict. */
export async function cycleView(deps: AppDeps, context: Context<ConsoleEnv>): Promise<Response> {
  const { db, project } = deps;
  const ref = { project, ...nameOf(context) };
  const cycle = await getCycle(db, ref);
  const [phases, spend, candidates, report, parts, sessions, audit] = await Promise.all([
    listPhases(db, ref),
    spendByPurpose(db, ref),
    listCandidates(db, { project, run: `${cycle.key}/optimize` }),
    getReport(db, ref),
    countParts(db, { project, version: cycle.datasetVersion }),
    listSessions(db, { project }),
    listAudit(db, { project, subject: cycle.key }),
  ]);
  const own = sessions.filter((session) => session.cycle === cycle.key);
  return show(context, {
    title: cycle.key,
    scripts: ['charts.js'],
    body: html`<h1>Cycle ${cycle.key}</h1>
      ${factsPart(deps, cycle)} ${report === null ? notePart(cycle) : ''}
      ${decidePart(cycle, deps.temporal !== null)} ${claimsPart(report)} ${phasesPart(phases)}
      ${dataTable({
        caption: 'Label sessions of the cycle',
        head: ['labels', 'state', 'got', 'target'],
        rows: own.map(({ id, state, labels, target }) => [
          html`<a href="/sessions/${segment(id)}">${id}</a>`,
          state,
          labels,
          target,
        ]),
        empty: 'No label session so far.',
      })}
      ${gatePart(cycle)} ${judgePart(cycle.judgeReport)}
      ${candidatesPart(candidates, cycle.optimizeReport)} ${promptsPart(report)}
      <h2>Data</h2>
      ${partsTable(parts)} ${spendPart(spend)}
      ${
        audit.length === 0
          ? ''
          : html`<h2>Who decided</h2>
              ${dataTable({
                caption: 'Decisions',
                head: ['when', 'who', 'what', 'detail'],
                rows: audit.map((row) => [
                  moment(row.at),
                  claimed(row.who),
                  row.action,
                  JSON.stringify(row.detail),
                ]),
              })}`
      }`,
  });
}

function factsPart({ temporal, temporalUi }: AppDeps, cycle: Cycle): Html {
  const id = cycleWorkflowId(cycle.project, cycle.cycle, cycle.number);
  const space = temporal?.options.namespace ?? 'default';
  return facts({
    state: stateBadge(cycle),
    outcome: outcomeBadge(cycle.outcome) || 'none yet',
    verdict: verdictBadge(cycle.verdict) || 'none yet',
    dataset: html`<a href="/datasets/${segment(cycle.datasetVersion)}">${cycle.datasetVersion}</a>`,
    judge: html`<a href="/judges/${segment(cycle.judge)}">${cycle.judge}</a>`,
    prompts: promptLinks(cycle),
    started: moment(cycle.createdAt),
    ended: moment(cycle.endedAt),
    workflow:
      temporalUi === null
        ? id
        : html`<a
            href="${temporalUi.replace(/\/$/, '')}/namespaces/${space}/workflows/${segment(id)}"
            >${id} in Temporal</a
          >`,
  });
}

const promptLinks = ({ incumbent, finalist }: Cycle): Html =>
  html`${Object.entries(incumbent).map(([name, from]) => {
    const to = finalist?.[name] ?? from;
    const path = `/prompts/${segment(name)}`;
    return html`<a href="${path}?from=${from}&to=${to}"
      >${name} ${to === from ? from : `${from} -> ${to}`}</a
    > `;
  })}`;

function claimsPart(report: CycleReport | null): Html | string {
  const said = report === null ? [] : [...cautions(report), ...report.claims];
  if (said.length === 0) return '';
  return html`<h2>What was found</h2>
    <ul>
      ${said.map((line) => html`<li>${line}</li>`)}
    </ul>`;
}

const promptsPart = (report: CycleReport | null): Html | string =>
  report === null || report.prompts.length === 0
    ? ''
    : html`<h2>Prompts</h2>
        ${report.prompts.map(
          ({ name, from, to, diff }) =>
            html`<p>
                ${name}: ${to === null ? `version ${from} stays` : `version ${from} -> ${to}`}
              </p>
              ${diff === '' ? '' : diffBlock(diff)}`,
        )}`;

/** What is stored of how it goes, or why it failed and what goes on with it. */
function notePart(cycle: Cycle): Html | string {
  const { state, note } = cycle;
  if (state === 'failed')
    return html`<p class="fault">Failed: ${note ?? 'no reason is stored'}</p>
      <p class="hint">${goOn(cycleWorkflowId(cycle.project, cycle.cycle, cycle.number))}</p>`;
  return note === null ? '' : html`<p>${note}</p>`;
}
