import { Hono } from 'hono';
import { html } from 'hono/html';
import { openLink } from '../../access/rater.ts';
import { raterItems, raterSession } from '../../api/rater-view.ts';
import type { AppDeps } from '../../app.ts';
import { jsonBlock } from '../ui/json-block.ts';
import { bare } from '../ui/page.ts';

/** Items sent with the page; the rest follow while the first is read. */
const FIRST = 3;

/** /label/:token: the page a rater's link opens. The token is in the path, so no cookie is needed and none can be misused. */
export function labelPage(deps: AppDeps): Hono {
  const page = new Hono();
  page.get('/:token', async (context) => {
    const link = await openLink(deps, context, context.req.param('token'));
    const at = { project: deps.project, ...link };
    const view = await raterSession(deps.db, at);
    const start = Math.max(0, view.answers.indexOf('.'));
    const ordinals = view.answers
      .split('')
      .map((letter, ordinal) => ({ letter, ordinal }))
      .filter(({ letter, ordinal }) => ordinal === start || letter === '.')
      .slice(0, FIRST)
      .map(({ ordinal }) => ordinal);
    const items = await raterItems(deps.db, { ...at, ordinals });
    context.header('cache-control', 'no-store');
    return bare(context, {
      title: `Label ${view.judge}`,
      scripts: ['label.js'],
      modules: [
        'dom.js',
        'label-form.js',
        'label-dialogs.js',
        'label-frame.js',
        'label-keys.js',
        'label-store.js',
      ],
      styles: ['label.css'],
      body: html`${jsonBlock('start', { view, items, start })}
        <div id="label"></div>
        <noscript>This page needs JavaScript, from this server alone.</noscript>`,
    });
  });
  return page;
}
