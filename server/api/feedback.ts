import { Hono } from 'hono';
import { type Feedback, feedback, THUMBS } from '../../contracts/feedback.ts';
import type { Db } from '../../db/connect.ts';
import { LabelError } from '../../db/errors.ts';
import { type RecordedLabel, recordLabels } from '../../db/labels/labels.ts';
import { answerFault } from '../../domain/label/answer-fault.ts';
import type { AppDeps } from '../app.ts';
import { RequestError } from '../failures.ts';
import { readBody } from './body.ts';
import { raterOf } from '../../operations/label/feedback.ts';
import { answerOf } from '../../operations/label/shapes.ts';
import { answerOnce } from './once.ts';

/** POST /api/feedback: thumbs from a product; a label named `thumbs` on the trace. */
export function feedbackRoutes({ db, project }: AppDeps): Hono {
  const routes = new Hono();
  routes.post('/', async (context) => {
    const body = await readBody(context, feedback);
    const label = await answerOnce(context, { db, project, body }, async (tx) =>
      answerOf(await recordThumbs(tx, { ...body, project, by: 'api' })),
    );
    return context.json({ label });
  });
  return routes;
}

/** Thumbs as a label on their trace; other thumbs of the same user supersede. @throws RequestError (422) for a trace without outputs */
export async function recordThumbs(
  db: Db,
  {
    project,
    by,
    trace_id,
    thumbs,
    comment,
    user = 'unnamed',
  }: Feedback & { readonly project: string; readonly by: 'api' | 'console' },
): Promise<RecordedLabel> {
  const line = {
    trace_id,
    rater: raterOf(user),
    name: THUMBS,
    value: thumbs === 'up',
    ...(comment !== undefined && { rationale: comment }),
  };
  const request = { project, lines: [line], now: Date.now(), faultOf: answerFault, by };
  const [recorded] = await recordLabels(db, request).catch(refuse);
  return recorded!;
}

const LONGEST_USER = 90;
/** A person of the console as one who gives thumbs. */
export const userOf = (who: string): string => who.slice(0, LONGEST_USER);

function refuse(error: unknown): never {
  if (!(error instanceof LabelError)) throw error;
  throw new RequestError({ status: 422, kind: 'refused', message: error.fault, at: 'trace_id' });
}
