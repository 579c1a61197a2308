import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Cycle } from '../../../db/cycles/cycles.ts';
import { approveCycle, rejectCycle } from '../../../operations/cycle/decide.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { refused } from '../../failures.ts';
import { ask } from '../../services.ts';
import { nameOf } from './parts.ts';
import { readForm } from '../ui/form.ts';
import type { Html } from '../ui/page.ts';

const LONGEST = 2000;

/** The form for a promotion that waits for a person; nothing in any other phase. */
export function decidePart(cycle: Cycle, temporal: boolean): Html | string {
  if (cycle.state !== 'running' || cycle.phase !== 'approve') return '';
  if (!temporal)
    return html`<p class="card wait">
      The gate said promote and a person decides; this server is not connected to Temporal, so use
      <code>npx attune cycle approve ${cycle.key} --why "..."</code>.
    </p>`;
  return html`<form method="post" action="/cycles/${cycle.key}/decide" class="card stack">
    <h2>The gate said promote: your decision</h2>
    <label>Why <textarea name="why" rows="2" required maxlength="${LONGEST}"></textarea></label>
    <div class="row">
      <button class="primary" name="decision" value="approve">Approve the promotion</button>
      <button name="decision" value="reject">Veto it</button>
    </div>
  </form>`;
}

/** POST /:name/:number/decide: what `attune cycle approve` and `reject` ask. The cycle writes the audit row. */
export function decideRoute(deps: AppDeps): Hono<ConsoleEnv> {
  const routes = new Hono<ConsoleEnv>();
  routes.post('/:name/:number/decide', async (context) => {
    const { cycle, number } = nameOf(context);
    const field = await readForm(context);
    const decision = field('decision');
    if (decision !== 'approve' && decision !== 'reject')
      throw refused('decision', 'Choose to approve or to veto.');
    const operation = decision === 'approve' ? approveCycle : rejectCycle;
    const input = { cycle: `${cycle}/${number}`, why: field('why') };
    await ask(deps, context, { operation, input });
    return context.redirect(`/cycles/${cycle}/${number}`, 303);
  });
  return routes;
}
