import type { Context } from 'hono';
import type { Json } from '../../contracts/json.ts';
import { ensureProject } from '../../db/projects.ts';
import { KeyReusedError, once } from '../../db/idempotency.ts';
import type { Db } from '../../db/connect.ts';
import { RequestError } from '../failures.ts';

/** The work of a request; under the header `Idempotency-Key` its repeat gets the first answer and does nothing. */
export async function answerOnce<Answer extends Json>(
  context: Context,
  { db, project, body }: { readonly db: Db; readonly project: string; readonly body: unknown },
  work: (tx: Db) => Promise<Answer>,
): Promise<Answer> {
  const key = context.req.header('idempotency-key')?.trim();
  if (key === undefined) return work(db);
  if (key === '' || key.length > 200)
    throw new RequestError({
      status: 400,
      kind: 'invalid',
      message: 'An idempotency key has 1 to 200 characters.',
      at: 'idempotency-key',
    });
  await ensureProject(db, { project });
  const at = { project, key: `${context.req.path} ${key}`, body };
  return once(db, at, work).catch((error: unknown) => {
    if (!(error instanceof KeyReusedError)) throw error;
    throw new RequestError({
      status: 422,
      kind: 'refused',
      message: error.message,
      at: 'idempotency-key',
    });
  });
}
