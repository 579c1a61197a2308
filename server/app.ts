import type { Client } from '@temporalio/client';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { except } from 'hono/combine';
import type { Db } from '../db/connect.ts';
import type { Reading } from '../db/reading.ts';
import { databaseAnswers } from '../db/health.ts';
import type { Attempts } from './access/attempts.ts';
import { refuseNul } from './access/nul.ts';
import { securityHeaders } from './access/headers.ts';
import type { OwnerAccess } from './access/owner.ts';
import { requireToken } from './access/token.ts';
import { elsewhere, notFound } from './api/elsewhere.ts';
import { feedbackRoutes } from './api/feedback.ts';
import { labelRoutes } from './api/labels.ts';
import { promptRoutes } from './api/prompts.ts';
import { raterRoutes } from './api/rater.ts';
import { sessionRoutes } from './api/sessions.ts';
import { PREFIX } from './api/openapi.ts';
import { v1Routes } from './api/v1.ts';
import { answerError, RequestError } from './failures.ts';
import type { Forwarder } from './otlp/forward.ts';
import { otlpRoutes } from './otlp/routes.ts';
import { faultPage } from './pages/ui/fault.ts';
import { pageRoutes } from './pages/index.ts';
import { referencePage } from './pages/reference.ts';

export type AppDeps = {
  readonly db: Db;
  /** What pages read and change; by default the same connections. */
  readonly reading?: Reading;
  readonly project: string;
  readonly access: OwnerAccess;
  readonly attempts: Attempts;
  /** Null without Temporal: pages then say that what needs a workflow cannot be done. */
  readonly temporal: Client | null;
  /** Address of the Temporal UI, for links. */
  readonly temporalUi: string | null;
  /** Decides which conversations of a new project are sealed. */
  readonly salt?: string | undefined;
  /** Sends received traces on; null where none is configured. */
  readonly forwarder: Forwarder | null;
};

const MAX_BODY_BYTES = 5_000_000;

/** The HTTP API of docs/http.md and the console. */
export function createApp(deps: AppDeps): Hono {
  const app = new Hono();
  app.onError(answerError);
  app.notFound((context) => {
    const { method, path } = context.req;
    if (context.req.header('accept')?.includes('text/html') !== true)
      return answerError(notFound(`${method} ${path}`), context);
    context.status(404);
    return faultPage(context, `There is no page ${path}.`);
  });
  app.use(securityHeaders());
  app.use(refuseNul());
  app.get('/healthz', async (context) => {
    const database = await databaseAnswers(deps.db);
    const forwarding = deps.forwarder && { forwarding: deps.forwarder.figures() };
    return context.json({ ok: database, database, ...forwarding }, database ? 200 : 503);
  });
  const owner = requireToken(deps.access.token, deps.attempts);
  app.route('/v1', otlpRoutes({ ...deps, owner }));
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: () => {
        throw new RequestError({
          status: 413,
          kind: 'invalid',
          message: 'The body is larger than 5 MB; send the labels in several requests.',
          at: 'body',
        });
      },
    }),
  );
  app.route('/api', referencePage(deps));
  // Of /api a rater's link opens its own folder and nothing else.
  app.use('/api/*', except(['/api/rater', '/api/rater/*'], owner));
  app.route('/api/feedback', feedbackRoutes(deps));
  app.route('/api/labels', labelRoutes(deps));
  app.route('/api/prompts', promptRoutes(deps));
  app.route('/api/sessions', sessionRoutes(deps));
  app.route('/api/rater', raterRoutes(deps));
  app.route(PREFIX, v1Routes(deps));
  // The pages answer all that is left, what comes from elsewhere than a page of theirs with a page that says so.
  for (const path of ['/healthz', '/api/*']) app.all(path, elsewhere(app));
  const { reading } = deps;
  if (reading !== undefined)
    app.use((context, next) =>
      /^(GET|HEAD)$/.test(context.req.method)
        ? reading.within(context.req.raw.signal, next)
        : next(),
    );
  app.route('/', pageRoutes({ ...deps, db: reading?.db ?? deps.db }));
  return app;
}
