import { Hono } from 'hono';
import { answerBody } from '../../contracts/rater-view.ts';
import { saveAnswer } from '../../db/labels/answers.ts';
import { LabelError, NotFoundError } from '../../db/errors.ts';
import { answerFault } from '../../domain/label/answer-fault.ts';
import { type RaterEnv, requireRater } from '../access/rater.ts';
import type { AppDeps } from '../app.ts';
import { RequestError } from '../failures.ts';
import { readBody } from './body.ts';
import { raterItems, raterSession, raterSpan } from './rater-view.ts';

const MOST_ITEMS = 20;

/** /api/rater: all that a rater's link opens. It reads one session, and of answers only the rater's own. */
export function raterRoutes(deps: AppDeps): Hono<RaterEnv> {
  const { db, project } = deps;
  const routes = new Hono<RaterEnv>();
  routes.use(requireRater(deps));

  routes.get('/', async (context) =>
    context.json(await raterSession(db, { project, ...context.get('link') })),
  );

  routes.get('/items', async (context) => {
    const given = (context.req.query('ordinals') ?? '').split(',').filter((text) => text !== '');
    const ordinals = given.map(ordinalOf).slice(0, MOST_ITEMS);
    const items = await raterItems(db, { project, ...context.get('link'), ordinals });
    return context.json({ items });
  });

  routes.get('/items/:ordinal/spans/:span', async (context) => {
    const at = { project, ...context.get('link') };
    const [ordinal, span] = [context.req.param('ordinal'), context.req.param('span')];
    const content = await raterSpan(db, {
      ...at,
      ordinal: ordinalOf(ordinal),
      span,
    });
    return context.json(content);
  });

  routes.put('/items/:ordinal', async (context) => {
    const link = context.get('link');
    const { answer, ahead } = await readBody(context, answerBody);
    const ordinal = ordinalOf(context.req.param('ordinal'));
    const { session, rater } = link;
    const { late } = await saveAnswer(db, {
      project,
      session,
      rater,
      ordinal,
      answer,
      now: Date.now(),
      faultOf: answerFault,
    }).catch(refuse);
    return context.json({
      late,
      items: await raterItems(db, { project, ...link, ordinals: ahead }),
    });
  });
  return routes;
}

function ordinalOf(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text);
  throw new RequestError({
    status: 400,
    kind: 'invalid',
    message: `\`${text}\` is no number of an item; the first is 0.`,
    at: 'ordinal',
  });
}

function refuse(error: unknown): never {
  if (error instanceof NotFoundError)
    throw new RequestError({
      status: 404,
      kind: 'not-found',
      message: error.message,
      at: 'ordinal',
    });
  if (error instanceof LabelError)
    throw new RequestError({ status: 422, kind: 'refused', message: error.fault, at: 'answer' });
  throw error;
}
