import type { Context } from 'hono';
import { Hono } from 'hono';
import type { Value } from '../../../contracts/value.ts';
import { adjudicate } from '../../../db/labels/adjudications.ts';
import { SessionOfCycleError } from '../../../db/errors.ts';
import { getJudge } from '../../../db/versions/judges.ts';
import { createLinks, revokeLinks } from '../../../db/labels/links.ts';
import { listItems } from '../../../db/labels/items.ts';
import { endSession, getSession } from '../../../db/labels/sessions.ts';
import { answerFault } from '../../../domain/label/answer-fault.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { refused } from '../../failures.ts';
import { readForm } from '../ui/form.ts';
import { segment } from '../ui/parts.ts';

const DAY_MS = 86_400_000;

const back = (context: Context<ConsoleEnv>): Response =>
  context.redirect(`/sessions/${segment(context.req.param('id') ?? '')}`, 303);

/** What an owner does to a session: links, revoking, deciding contested items, closing. */
export function sessionActions({ db, project }: AppDeps): Hono<ConsoleEnv> {
  const routes = new Hono<ConsoleEnv>();
  const atOf = (context: Context<ConsoleEnv>) => ({
    project,
    session: context.req.param('id') ?? '',
    who: context.get('who'),
  });
  routes.post('/:id/links', async (context) => {
    const field = await readForm(context);
    const [rater, days] = [field('rater'), Number(field('days') || '14')];
    if (rater === '' || rater.length > 100)
      throw refused('rater', 'Name the rater in 1 to 100 characters.');
    if (!(days >= 1 && days <= 365)) throw refused('days', 'A link opens for 1 to 365 days.');
    const expiresAt = new Date(Date.now() + days * DAY_MS).toISOString();
    await createLinks(db, { ...atOf(context), raters: [rater], expiresAt, fresh: false });
    return back(context);
  });

  routes.post('/:id/revoke', async (context) => {
    const field = await readForm(context);
    await revokeLinks(db, { ...atOf(context), rater: field('rater') });
    return back(context);
  });

  routes.post('/:id/close', async (context) => {
    const at = atOf(context);
    await endSession(db, at).catch((error: unknown) => {
      throw error instanceof SessionOfCycleError ? refused('session', error.message) : error;
    });
    return back(context);
  });

  routes.post('/:id/decide', async (context) => {
    const at = atOf(context);
    const field = await readForm(context);
    const session = await getSession(db, at);
    const item = (await listItems(db, at)).find(
      ({ ordinal }) => String(ordinal) === field('ordinal'),
    );
    if (item === undefined) throw refused('ordinal', 'The session has no such item.');
    const { definition } = await getJudge(db, { project, id: session.judgeVersion });
    const value = valueOf(field('value'));
    const fault = answerFault(definition, value);
    if (fault !== null) throw refused('value', fault);
    await adjudicate(db, {
      ...at,
      name: session.judge,
      example: item.example,
      outputHash: item.outputHash,
      value,
      rationale: field('rationale') || null,
    });
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
