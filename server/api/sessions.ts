import { Hono } from 'hono';
import type { ItemView, SessionView } from '../../contracts/session-view.ts';
import type { Db } from '../../db/connect.ts';
import { NotFoundError } from '../../db/errors.ts';
import { getJudge } from '../../db/versions/judges.ts';
import { type ItemContent, listItemContents } from '../../db/labels/items.ts';
import { getSession, listSessions, type SessionSummary } from '../../db/labels/sessions.ts';
import type { AppDeps } from '../app.ts';
import { RequestError } from '../failures.ts';

/** GET /api/sessions, /:id and /:id/items: what people are asked. No score, no label of another rater, no sealed row. */
export function sessionRoutes({ db, project }: AppDeps): Hono {
  const routes = new Hono();

  routes.get('/', async (context) => {
    const sessions = await listSessions(db, { project });
    const sorted = sessions.toSorted((a, b) => place(a) - place(b));
    return context.json({ sessions: await Promise.all(sorted.map((row) => viewOf(db, row))) });
  });

  routes.get('/:id', async (context) => {
    const id = context.req.param('id');
    const [session] = await listSessions(db, { project, session: id });
    if (session === undefined) throw unknown(id);
    const items = await listItemContents(db, { project, session: id });
    return context.json({ session: await viewOf(db, session), items: items.map(itemOf) });
  });

  routes.get('/:id/items', async (context) => {
    const session = context.req.param('id');
    await getSession(db, { project, session }).catch((error: unknown) => {
      throw error instanceof NotFoundError ? unknown(session) : error;
    });
    const unlabelledBy = context.req.query('rater') ?? null;
    const items = await listItemContents(db, { project, session, unlabelledBy });
    return context.json({ items: items.map(itemOf) });
  });
  return routes;
}

const place = ({ state }: SessionSummary): number => (state === 'open' ? 0 : 1);

const unknown = (id: string): RequestError =>
  new RequestError({
    status: 404,
    kind: 'not-found',
    message: `There is no label session \`${id}\`; GET /api/sessions lists them.`,
    at: 'id',
  });

async function viewOf(db: Db, session: SessionSummary): Promise<SessionView> {
  const { definition } = await getJudge(db, { project: session.project, id: session.judgeVersion });
  return {
    id: session.id,
    cycle: session.cycle,
    round: session.round,
    state: session.state,
    judge: session.judge,
    instructions: definition.instructions,
    value: definition.value,
    raters_per_item: session.ratersPerItem,
    minimum: session.minimum,
    target: session.target,
    deadline: session.deadline,
    items: session.items,
    labels: session.labels,
  };
}

const itemOf = (item: ItemContent): ItemView => ({
  ordinal: item.ordinal,
  trace_id: item.traceId,
  row_id: item.example,
  output_hash: item.outputHash,
  inputs: item.inputs,
  outputs: item.outputs,
});
