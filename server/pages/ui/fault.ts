import type { Context } from 'hono';
import { html } from 'hono/html';
import { placed, RequestError } from '../../failures.ts';
import { bare } from './page.ts';

/** A fault as a page: what was refused and why; of what was not foreseen only that it is in the log. */
export function answerFault(error: Error, context: Context): Response | Promise<Response> {
  const fault = placed(error, {});
  if (fault instanceof RequestError) {
    context.status(fault.status);
    return faultPage(context, fault.message);
  }
  console.error(JSON.stringify({ level: 'error', path: context.req.path, error: error.stack }));
  context.status(500);
  return faultPage(context, 'The server failed; its log has the details.');
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
