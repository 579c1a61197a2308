import { Hono } from 'hono';
import { etag } from 'hono/etag';
import { promptReference } from '../../contracts/prompt.ts';
import type { ServedPrompt } from '../../contracts/served-prompt.ts';
import { aliasHistory } from '../../db/versions/aliases.ts';
import type { Db } from '../../db/connect.ts';
import { NotFoundError } from '../../db/errors.ts';
import { getPrompt } from '../../db/versions/prompts.ts';
import type { AppDeps } from '../app.ts';
import { RequestError } from '../failures.ts';

/** GET /api/prompts/:reference: the prompt behind `name@alias`, `name@3` or `name`, with an ETag; asks nobody but the database. */
export function promptRoutes({ db, project }: AppDeps): Hono {
  const routes = new Hono();
  routes.use(etag());
  routes.get('/:reference', async (context) => {
    const reference = context.req.param('reference');
    if (!promptReference.safeParse(reference).success)
      throw new RequestError({
        status: 400,
        kind: 'invalid',
        message: `\`${reference}\` is no prompt: use name, name@alias or name@version`,
        at: 'reference',
      });
    const served = await serve(db, { project, reference }).catch(refuseMissing);
    // Kept by whoever reads it, asked about again at each use: an alias may have moved.
    return context.json(served, 200, { 'cache-control': 'private, no-cache' });
  });
  return routes;
}

async function serve(
  db: Db,
  at: { readonly project: string; readonly reference: string },
): Promise<ServedPrompt> {
  const [prompt = '', which] = at.reference.split('@');
  const alias = which === undefined || /^\d+$/.test(which) ? null : which;
  const history = alias === null ? [] : await aliasHistory(db, { ...at, prompt, alias });
  const last = history.at(-1);
  const reference = last === undefined ? at.reference : `${prompt}@${last.to}`;
  const { name, number, hash, text, variables } = await getPrompt(db, { ...at, reference });
  return {
    name,
    alias,
    number,
    hash,
    text,
    variables: [...variables],
    standing:
      last === undefined
        ? null
        : {
            who: last.who,
            at: last.at,
            cycle: last.cycle,
            evidence: last.evidence,
            override: last.override,
            rollback: last.rollback,
          },
  };
}

function refuseMissing(error: unknown): never {
  if (!(error instanceof NotFoundError)) throw error;
  throw new RequestError({
    status: 404,
    kind: 'not-found',
    message: error.message,
    at: 'reference',
  });
}
