import { Hono } from 'hono';
import { html } from 'hono/html';
import { listSessions } from '../../../db/labels/sessions.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { show } from '../ui/page.ts';
import { badge, dataTable, moment, segment } from '../ui/parts.ts';
import { sessionActions } from './actions.ts';
import { sessionView } from './view.ts';

/** /sessions: the label sessions, newest first; /sessions/:id: one of them, its raters, agreement and disputes. */
export function sessionsPage(deps: AppDeps): Hono<ConsoleEnv> {
  const { db, project } = deps;
  const page = new Hono<ConsoleEnv>();
  page.get('/', async (context) => {
    const sessions = await listSessions(db, { project });
    return show(context, {
      title: 'Label sessions',
      body: html`<h1>Label sessions</h1>
        ${dataTable({
          caption: 'Label sessions',
          head: ['session', 'state', 'judge', 'items', 'labels', 'target', 'deadline'],
          rows: sessions.map((row) => [
            html`<a href="/sessions/${segment(row.id)}">${row.id}</a>`,
            badge(row.state, row.state === 'open' ? 'wait' : 'calm'),
            row.judgeVersion,
            row.items,
            row.labels,
            row.target,
            moment(row.deadline),
          ]),
          empty: html`No label session yet. A cycle opens one;
            <code>npx attune label create</code> makes one by hand.`,
        })}`,
    });
  });
  page.get('/:id', (context) => sessionView(deps, context, context.req.param('id')));
  page.route('/', sessionActions(deps));
  return page;
}
