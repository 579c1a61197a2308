import {
  type Client,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Decided } from '../../../contracts/progress.ts';
import { cycleWorkflowId } from '../../../contracts/temporal.ts';
import { type Cycle, getCycle } from '../../../db/cycles/cycles.ts';
import { approvePromotion, rejectPromotion } from '../../../workflows/messages.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { refused } from '../../failures.ts';
import { nameOf } from './parts.ts';
import { readForm } from '../ui/form.ts';
import type { Html } from '../ui/page.ts';

const UPDATE_WITHIN_MS = 30_000;
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

/** POST /:name/:number/decide: the update that `attune cycle approve` and `reject` send. The cycle writes the audit row. */
export function decideRoute({ db, project, temporal }: AppDeps): Hono<ConsoleEnv> {
  const routes = new Hono<ConsoleEnv>();
  routes.post('/:name/:number/decide', async (context) => {
    const cycle = await getCycle(db, { project, ...nameOf(context) });
    const field = await readForm(context);
    const [decision, why] = [field('decision'), field('why')];
    if (decision !== 'approve' && decision !== 'reject')
      throw refused('decision', 'Choose to approve or to veto.');
    if (why === '' || why.length > LONGEST)
      throw refused('why', `Say why in 1 to ${LONGEST} characters: it is kept in the history.`);
    if (temporal === null)
      throw refused('temporal', 'This server is not connected to Temporal; use `attune cycle`.');
    const who = context.get('who');
    await send(temporal, cycle, { approved: decision === 'approve', who, why });
    return context.redirect(`/cycles/${cycle.key}`, 303);
  });
  return routes;
}

async function send(
  client: Client,
  { project, cycle, number }: Cycle,
  { approved, ...decision }: Decided,
): Promise<void> {
  const handle = client.workflow.getHandle(cycleWorkflowId(project, cycle, number));
  const update = approved ? approvePromotion : rejectPromotion;
  await client.connection.ensureConnected().catch(() => {
    throw refused('temporal', 'Temporal cannot be reached; try again when it is up.', 503);
  });
  try {
    // An update needs a live worker; without one it would wait for ever.
    await client.connection.withDeadline(Date.now() + UPDATE_WITHIN_MS, () =>
      handle.executeUpdate(update, { args: [decision] }),
    );
  } catch (error) {
    if (error instanceof WorkflowNotFoundError)
      throw refused('cycle', 'The cycle is not running any more.', 409);
    if (error instanceof WorkflowUpdateFailedError)
      throw refused('cycle', `The cycle refused: ${error.cause?.message ?? error.message}`, 409);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      throw refused('worker', 'No worker answered within 30 s; start one and try again.', 503);
    throw error;
  }
}
