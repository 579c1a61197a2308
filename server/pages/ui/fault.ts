import type { Context } from 'hono';
import { html } from 'hono/html';
import { NotFoundError, SealedError, SlowStatementError } from '../../../db/errors.ts';
import { RequestError } from '../../failures.ts';
import { bare } from './page.ts';

/** A fault as a page: what was refused and why; of what was not foreseen only that it is in the log. */
export function answerFault(error: Error, context: Context): Response | Promise<Response> {
  if (error instanceof RequestError) context.status(error.status);
  else if (error instanceof NotFoundError) context.status(404);
  else if (error instanceof SealedError) context.status(403);
  else if (error instanceof SlowStatementError) context.status(422);
  else {
    console.error(JSON.stringify({ level: 'error', path: context.req.path, error: error.stack }));
    context.status(500);
    return faultPage(context, 'The server failed; its log has the details.');
  }
  return faultPage(context, error.message);
}

export const faultPage = (context: Context, message: string): Response | Promise<Response> =>
  bare(context, {
    title: 'Not possible',
    body: html`<section class="card narrow">
      <h1>That did not work</h1>
      <p>${message}</p>
      <p><a href="/">To the console</a></p>
    </section>`,
  });
