import type { Handler, Hono } from 'hono';
import { answerError, RequestError } from '../failures.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Answers what no route of the API does: 405 with the methods that the address takes, 404 where it takes none. */
export function elsewhere(app: Hono): Handler {
  return (context) => {
    const { method, path } = context.req;
    const takes = METHODS.filter((known) =>
      app.router.match(known, path)[0].some(([[, route]]) => route.method === known),
    );
    if (takes.length === 0) return answerError(notFound(`${method} ${path}`), context);
    context.header('allow', takes.join(', '));
    const message = `${path} takes ${takes.join(' and ')}, not ${method}`;
    const error = new RequestError({ status: 405, kind: 'invalid', message, at: 'method' });
    return answerError(error, context);
  };
}

export const notFound = (asked: string): RequestError =>
  new RequestError({
    status: 404,
    kind: 'not-found',
    message: `${asked} is not part of the API`,
    at: 'path',
  });
