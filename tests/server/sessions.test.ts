import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import {
  itemsAnswer,
  itemView,
  sessionsAnswer,
  sessionView,
} from '../../contracts/session-view.ts';
import { reviewSession } from '../../client/demo/reviewer.ts';
import { listLabels } from '../../db/labels/labels.ts';
import { listItems } from '../../db/labels/items.ts';
import { openSession } from '../../db/labels/sessions.ts';
import { countLabels } from '../../activities/label/figures.ts';
import { deliverOutbox, type OutboxMessage } from '../../db/outbox.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { type RunningServer, send, startServer, TOKEN } from './http.ts';
import { openLabelSession, type OpenSession } from './session.ts';

let database: OpenDatabase;
let server: RunningServer;
let open: OpenSession;
before(async () => {
  database = await openDatabase();
  open = await openLabelSession(database.db);
  server = await startServer({ DATABASE_URL: database.url });
});
after(() => server.stop());

const review = (route: string) => ({ route, reason: `${route}: so it is` });

const itemsOf = async (rater?: string) => {
  const query = rater === undefined ? '' : `?rater=${rater}`;
  const url = `${server.url}/api/sessions/${encodeURIComponent(open.session)}/items${query}`;
  return itemsAnswer.parse((await send(url)).body).items;
};

test('a session shows the question and its items, and neither scores nor rationales of the judge', async () => {
  const list = sessionsAnswer.parse((await send(`${server.url}/api/sessions`)).body).sessions;
  assert.deepEqual(
    list.map(({ id, state, judge, items, labels, target }) => ({
      id,
      state,
      judge,
      items,
      labels,
      target,
    })),
    [{ id: open.session, state: 'open', judge: 'routing', items: 4, labels: 0, target: 8 }],
  );
  const url = `${server.url}/api/sessions/${encodeURIComponent(open.session)}`;
  const { body } = await send(url);
  const one = z.strictObject({ session: sessionView, items: z.array(itemView) }).parse(body);
  assert.deepEqual(one.items[0]?.outputs, { route: 'billing' });
  assert.doesNotMatch(JSON.stringify(body), /secret of the judge|score|sealed/);
});

test('the scripted reviewer labels by comparing with its own routes, each rater blind to the other; the target tells the cycle once', async () => {
  const reviews = Object.fromEntries(
    (await itemsOf()).map(({ row_id: row }, index) => [
      row,
      { ana: review('billing'), ben: review(index === 0 ? 'plans' : 'billing') },
    ]),
  );
  const reviewing = {
    server: { url: server.url, token: TOKEN },
    session: open.session,
    reviews,
    field: 'route',
  };
  assert.deepEqual(await reviewSession(reviewing), {
    labels: 8,
    raters: ['scripted-ana', 'scripted-ben'],
  });
  assert.deepEqual(await itemsOf('scripted-ana'), []);
  assert.equal((await itemsOf('chloe')).length, 4);
  assert.deepEqual(await reviewSession(reviewing), {
    labels: 0,
    raters: ['scripted-ana', 'scripted-ben'],
  });

  const labels = await listLabels(database.db, { project: PROJECT, session: open.session });
  assert.equal(labels.length, 8);
  assert.deepEqual(
    labels.filter(({ value }) => value === false).map(({ rater, rationale }) => [rater, rationale]),
    [['scripted-ben', 'plans: so it is']],
  );
  const told: OutboxMessage[] = [];
  const deliver = (message: OutboxMessage): Promise<void> => {
    told.push(message);
    return Promise.resolve();
  };
  await deliverOutbox(database.db, { limit: 10, deliver });
  assert.deepEqual(
    told.map(({ subject, payload }) => ({ subject, payload })),
    [{ subject: open.session, payload: { cycle: open.cycle.key } }],
  );
});

test('an output that was labelled in an earlier session is not asked for again, and its labels count', async () => {
  const { db } = database;
  const items = await listItems(db, { project: PROJECT, session: open.session });
  const { session } = await openSession(db, open.cycle, {
    round: 2,
    judgeVersion: open.cycle.judge,
    ratersPerItem: 2,
    minimum: 2,
    target: 8,
    deadline: null,
    items: items.map(({ session: _session, ordinal: _ordinal, ...item }) => item),
  });
  const counts = await countLabels(db, { project: PROJECT, session: session.id });
  assert.deepEqual([counts.labels, counts.consensus], [8, 3]);
  const listed = sessionsAnswer.parse((await send(`${server.url}/api/sessions`)).body).sessions;
  assert.equal(listed.find(({ id }) => id === session.id)?.labels, 8);
});
