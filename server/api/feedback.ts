import { Hono } from 'hono';
import { feedback, THUMBS } from '../../contracts/feedback.ts';
import { LabelError } from '../../db/errors.ts';
import { recordLabels } from '../../db/labels.ts';
import { answerFault } from '../../domain/label/answer-fault.ts';
import type { AppDeps } from '../app.ts';
import { RequestError } from '../failures.ts';
import { readBody } from './body.ts';
import { answerOf } from './labels.ts';
import { answerOnce } from './once.ts';

/** POST /api/feedback: thumbs from a product; a label named `thumbs` on the trace. */
export function feedbackRoutes({ db, project }: AppDeps): Hono {
  const routes = new Hono();
  routes.post('/', async (context) => {
    const body = await readBody(context, feedback);
    const { trace_id, thumbs, comment, user = 'unnamed' } = body;
    const line = {
      trace_id,
      rater: `user:${user}`,
      name: THUMBS,
      value: thumbs === 'up',
      ...(comment !== undefined && { rationale: comment }),
    };
    const label = await answerOnce(context, { db, project, body }, async (tx) => {
      const request = { project, lines: [line], now: Date.now(), faultOf: answerFault, by: 'api' };
      const [recorded] = await recordLabels(tx, request).catch(refuse);
      return { ...answerOf(recorded!) };
    });
    return context.json({ label });
  });
  return routes;
}

function refuse(error: unknown): never {
  if (!(error instanceof LabelError)) throw error;
  throw new RequestError({ status: 422, kind: 'refused', message: error.fault, at: 'trace_id' });
}
