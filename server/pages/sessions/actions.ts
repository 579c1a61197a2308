import type { Context } from 'hono';
import { Hono } from 'hono';
import type { Value } from '../../../contracts/value.ts';
import { adjudicate } from '../../../operations/label/adjudicate.ts';
import { closeSession } from '../../../operations/label/close.ts';
import { makeLinks, revokeLinks } from '../../../operations/label/links.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { refused } from '../../failures.ts';
import { ask } from '../../services.ts';
import { readForm } from '../ui/form.ts';
import { segment } from '../ui/parts.ts';

const back = (context: Context<ConsoleEnv>): Response =>
  context.redirect(`/sessions/${segment(context.req.param('id') ?? '')}`, 303);

const sessionOf = (context: Context<ConsoleEnv>): string => context.req.param('id') ?? '';

/** What an owner does to a session: links, revoking, deciding contested items, closing. */
export function sessionActions(deps: AppDeps): Hono<ConsoleEnv> {
  const routes = new Hono<ConsoleEnv>();
  routes.post('/:id/links', async (context) => {
    const field = await readForm(context);
    const [rater, days] = [field('rater'), Number(field('days') || '14')];
    if (rater === '' || rater.length > 100)
      throw refused('rater', 'Name the rater in 1 to 100 characters.');
    if (!(Number.isInteger(days) && days >= 1 && days <= 365))
      throw refused('days', 'A link opens for 1 to 365 days.');
    const input = { session: sessionOf(context), raters: [rater], expires: `${days}d` };
    await ask(deps, context, { operation: makeLinks, input });
    return back(context);
  });

  routes.post('/:id/revoke', async (context) => {
    const field = await readForm(context);
    const input = { session: sessionOf(context), rater: field('rater') };
    await ask(deps, context, { operation: revokeLinks, input });
    return back(context);
  });

  routes.post('/:id/close', async (context) => {
    const input = { session: sessionOf(context) };
    await ask(deps, context, { operation: closeSession, input });
    return back(context);
  });

  routes.post('/:id/decide', async (context) => {
    const field = await readForm(context);
    const input = {
      session: sessionOf(context),
      ordinal: Number(field('ordinal') || NaN),
      value: valueOf(field('value')),
      rationale: field('rationale'),
    };
    await ask(deps, context, { operation: adjudicate, input });
    return back(context);
  });
  return routes;
}

/** Choices are sent as JSON, typed values as they are. */
function valueOf(text: string): Value {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
      return value;
  } catch {
    return text;
  }
  return text;
}
