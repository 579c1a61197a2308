import { Hono } from 'hono';
import { z } from 'zod';
import { labelLine, type LabelLine } from '../../contracts/label.ts';
import { LabelError } from '../../db/errors.ts';
import { recordLabels } from '../../db/labels/labels.ts';
import { answerFault } from '../../domain/label/answer-fault.ts';
import { answerOf } from '../../operations/label/shapes.ts';
import type { AppDeps } from '../app.ts';
import { RequestError } from '../failures.ts';
import { invalid, readBody } from './body.ts';
import { answerOnce } from './once.ts';

const AT_MOST = 1_000;
const UNPROCESSABLE = 422;

/** POST /api/labels: one label or an array; all are stored or none. Equal content answers the same and changes nothing. */
export function labelRoutes({ db, project }: AppDeps): Hono {
  const routes = new Hono();
  routes.post('/', async (context) => {
    const body = await readBody(context, z.unknown());
    const lines = linesOf(body);
    const labels = await answerOnce(context, { db, project, body: lines }, async (tx) => {
      const request = { project, lines, now: Date.now(), faultOf: answerFault, by: 'api' };
      const recorded = await recordLabels(tx, request).catch((error: unknown) =>
        refuse(error, Array.isArray(body)),
      );
      return recorded.map(answerOf);
    });
    return context.json({ labels });
  });
  return routes;
}

function linesOf(body: unknown): readonly LabelLine[] {
  const many = Array.isArray(body);
  const given: readonly unknown[] = many ? body : [body];
  if (given.length === 0 || given.length > AT_MOST)
    throw new RequestError({
      status: 400,
      kind: 'invalid',
      message: `Send between 1 and ${AT_MOST} labels in one request; these are ${given.length}.`,
      at: 'body',
    });
  return given.map((line, index) => {
    const checked = labelLine.safeParse(line);
    if (checked.success) return checked.data;
    throw invalid(checked.error, many ? index : undefined);
  });
}

function refuse(error: unknown, many: boolean): never {
  if (!(error instanceof LabelError)) throw error;
  throw new RequestError({
    status: UNPROCESSABLE,
    kind: 'refused',
    message: `${error.fault}; no label of this request was recorded`,
    at: many ? String(error.index) : 'body',
  });
}
