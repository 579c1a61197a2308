import { Hono } from 'hono';
import { html } from 'hono/html';
import { evaluationName, listEvaluations } from '../../../db/runs/evaluations.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { compareView } from './compare.ts';
import { evaluationView } from './view.ts';
import { show } from '../ui/page.ts';
import { dataTable, moment, segment } from '../ui/parts.ts';

const SHOWN = 100;

/** /evaluations: those that stand alone; /evaluations/compare?first=a&second=b: two side by side; /evaluations/:name: one. */
export function evaluationsPage(deps: AppDeps): Hono<ConsoleEnv> {
  const { db, project } = deps;
  const page = new Hono<ConsoleEnv>();
  page.get('/', async (context) => {
    const found = await listEvaluations(db, { project, last: SHOWN });
    const entries = found.toReversed();
    const names = entries.map(({ run }) => evaluationName(run));
    return show(context, {
      title: 'Evaluations',
      body: html`<h1>Evaluations</h1>
        ${
          names.length < 2
            ? ''
            : html`<form method="get" action="/evaluations/compare" class="row narrow-form">
                ${choice('first', names, 1)} ${choice('second', names, 0)}
                <button class="primary">Compare</button>
              </form>`
        }
        <h2>The newest ${entries.length}</h2>
        ${dataTable({
          caption: 'Evaluations',
          head: ['evaluation', 'agent', 'dataset', 'scorers', 'rows', 'started'],
          rows: entries.map((at) => [
            html`<a href="/evaluations/${segment(evaluationName(at.run))}"
              >${evaluationName(at.run)}</a
            >`,
            at.agent,
            at.dataset,
            at.scorers.join(', '),
            at.rows,
            moment(at.createdAt),
          ]),
          empty: html`No evaluation yet. <code>npx attune evaluate</code> makes one.`,
        })}`,
    });
  });
  page.get('/compare', (context) => compareView(deps, context));
  page.get('/:name', (context) => evaluationView(deps, context, context.req.param('name')));
  return page;
}

const choice = (title: string, names: readonly string[], chosen: number) =>
  html`<label
    >${title}
    <select name="${title}">
      ${names.map(
        (name, at) =>
          html`<option value="${name}" ${at === chosen ? 'selected' : ''}>${name}</option>`,
      )}
    </select>
  </label>`;
