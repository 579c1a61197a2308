import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Db } from '../db/connect.ts';
import { databaseAnswers } from '../db/health.ts';
import { labelRoutes } from './api/labels.ts';
import { promptRoutes } from './api/prompts.ts';
import { sessionRoutes } from './api/sessions.ts';
import { requireToken } from './auth.ts';
import { answerError, RequestError } from './failures.ts';

export type AppDeps = { readonly db: Db; readonly project: string; readonly token: string };

const MAX_BODY_BYTES = 5_000_000;

/** The HTTP API of docs/http.md. */
export function createApp(deps: AppDeps): Hono {
  const app = new Hono();
  app.onError(answerError);
  app.notFound((context) =>
    answerError(
      new RequestError({
        status: 404,
        kind: 'not-found',
        message: `${context.req.method} ${context.req.path} is not part of the API`,
        at: 'path',
      }),
      context,
    ),
  );
  app.get('/healthz', async (context) => {
    const database = await databaseAnswers(deps.db);
    return context.json({ ok: database, database }, database ? 200 : 503);
  });
  app.use('/api/*', requireToken(deps.token));
  app.use(
    '/api/*',
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new RequestError({
          status: 413,
          kind: 'too-large',
          message: 'The body is larger than 5 MB; send the labels in several requests.',
          at: 'body',
        });
      },
    }),
  );
  app.route('/api/labels', labelRoutes(deps));
  app.route('/api/prompts', promptRoutes(deps));
  app.route('/api/sessions', sessionRoutes(deps));
  return app;
}
