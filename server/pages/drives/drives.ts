import { claimed } from '../../../domain/people/claimed.ts';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { listAgents } from '../../../db/versions/agents.ts';
import { listDrives } from '../../../db/drives/drives.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { driveForm, makeDrive } from './form.ts';
import { driveTurns } from './turns.ts';
import { driveView } from './view.ts';
import { inSeconds } from '../ui/figures.ts';
import { show } from '../ui/page.ts';
import { dataTable, moment, segment } from '../ui/parts.ts';

const SHOWN = 100;

/** /drive: agents to talk to, and the talks so far; /drive/new?agent=a: how it is asked; /drive/:id: one talk. */
export function drivesPage(deps: AppDeps): Hono<ConsoleEnv> {
  const { db, project } = deps;
  const page = new Hono<ConsoleEnv>();
  page.get('/', async (context) => {
    const agents = (await listAgents(db, project)).filter(({ kind }) => kind !== 'recorded');
    const drives = await listDrives(db, { project, limit: SHOWN });
    return show(context, {
      title: 'Test drive',
      styles: ['drive.css'],
      body: html`<h1>Test drive</h1>
        <p>
          Talk to an agent. Each answer is kept with its trace; your thumbs become labels.
          <a href="/traces?q=label.thumbs+%3D+false&chosen=all">Traces with negative feedback</a>
        </p>
        <h2>Agents</h2>
        ${dataTable({
          caption: 'Agents',
          head: ['agent', 'kind', 'prompts', 'time limit'],
          rows: agents.map(({ name, kind, prompts, timeoutMs }) => [
            html`<a class="button" href="/drive/new?agent=${segment(name)}">Talk to ${name}</a>`,
            kind,
            prompts.join(', ') || 'none',
            inSeconds(timeoutMs),
          ]),
          empty: html`No worker has told of an agent yet. Declare one in
            <code>attune.config.ts</code> and start <code>npx attune up</code>.`,
        })}
        <h2>Talks so far</h2>
        ${dataTable({
          caption: 'Talks so far',
          head: ['begun', 'with', 'messages', 'first message', 'who'],
          rows: drives.map((row) => [
            html`<a href="/drive/${row.id}">${moment(row.createdAt)}</a>`,
            row.agent,
            row.turns,
            row.opening,
            claimed(row.who),
          ]),
        })}`,
    });
  });
  page.get('/new', (context) => driveForm(deps, context));
  page.post('/', (context) => makeDrive(deps, context));
  page.get('/:id', (context) => driveView(deps, context, context.req.param('id')));
  page.route('/', driveTurns(deps));
  return page;
}
