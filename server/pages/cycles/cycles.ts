import { Hono } from 'hono';
import { html } from 'hono/html';
import { type Cycle, listCycles } from '../../../db/cycles/cycles.ts';
import { totalSpend } from '../../../db/engines/spend.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { decideRoute } from './decide.ts';
import { shortenText } from '../../../domain/evaluate/shorten.ts';
import { outcomeBadge, stateBadge, verdictBadge, versionsText } from './parts.ts';
import { cycleView } from './view.ts';
import { usd } from '../ui/figures.ts';
import { type Html, show } from '../ui/page.ts';
import { dataTable, moment } from '../ui/parts.ts';

const SHOWN = 100;

/** /cycles: newest first; /cycles/:name/:number: one of them; POST .../decide: a person's word on its promotion. */
export function cyclesPage(deps: AppDeps): Hono<ConsoleEnv> {
  const { db, project } = deps;
  const page = new Hono<ConsoleEnv>();
  page.get('/', async (context) => {
    const cycles = await listCycles(db, { project });
    const shown = await Promise.all(
      cycles.slice(0, SHOWN).map(async (cycle) => rowOf(cycle, (await totalSpend(db, cycle)).usd)),
    );
    return show(context, {
      title: 'Cycles',
      body: html`<h1>Cycles</h1>
        ${dataTable({
          caption: 'Cycles',
          head: ['cycle', 'state', 'outcome', 'verdict', 'prompts', 'judge', 'spend', 'started'],
          rows: shown,
          empty: html`No cycle yet.
            <code>npx attune cycle start examples/telecom/cycle.yaml</code> starts one.`,
        })}
        ${
          cycles.length > SHOWN
            ? html`<p class="hint">The newest ${SHOWN} of ${cycles.length}.</p>`
            : ''
        }`,
    });
  });
  page.get('/:name/:number', (context) => cycleView(deps, context));
  page.route('/', decideRoute(deps));
  return page;
}

const rowOf = (cycle: Cycle, spend: number): readonly (Html | string)[] => [
  html`<a href="/cycles/${cycle.key}">${cycle.key}</a>`,
  html`${stateBadge(cycle)}${cycle.state === 'failed' ? html` <span class="hint">${firstLine(cycle.note)}</span>` : ''}`,
  outcomeBadge(cycle.outcome),
  verdictBadge(cycle.verdict),
  versionsText(cycle),
  cycle.judge,
  usd(spend),
  moment(cycle.createdAt),
];

const LINE = 160;

/** The beginning of a reason, as long as a row of a table bears. */
const firstLine = (note: string | null): string =>
  shortenText((note ?? 'no reason is stored').split('\n')[0]!, LINE);
