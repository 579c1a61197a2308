import assert from 'node:assert/strict';
import { dirname } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { callApi } from '../../client/api.ts';
import { signalComplete, updateComplete } from '../../operations/cycle/messages.ts';
import { workflowIdOf } from '../../operations/cycle/reference.ts';
import { readReviews, type Reviews, reviewSession } from '../../client/demo/reviewer.ts';
import { itemsAnswer } from '../../contracts/session-view.ts';
import type { Db } from '../../db/connect.ts';
import { listSessions } from '../../db/labels/sessions.ts';
import {
  askProgress,
  begin,
  label,
  runCycle,
  sessionOf,
  type StartedCycle,
  within,
} from './cycle.ts';
import { reach } from './promoted.ts';
import { crashSpec, type ExampleSpec } from './spec.ts';
import { startTestStack, type TestStack } from './stack.ts';

const LIMIT = { timeout: 180_000 };
const PATIENCE_MS = 120_000;

async function stackFor(t: TestContext): Promise<TestStack> {
  const stack = await startTestStack();
  t.after(() => stack.close());
  return stack;
}

test('reflections that change nothing: no candidate, and no look is spent', LIMIT, async (t) => {
  const stack = await stackFor(t);
  const spec = crashSpec(dirname(stack.dataDir), {
    optimize: { seed: 7, budget: 60, reflection: 'unchanged' },
  });
  const { cli, report } = await runCycle({ stack, spec, salt: 'unchanged' });
  assert.equal(report.outcome, 'no-candidate');
  assert.equal(report.verdict, null);
  assert.equal(report.gate, null);
  assert.ok((report.optimize?.reflections ?? 0) > 0, 'the search reflected');
  const db = await cli.connections.database();
  assert.equal(await count(db, 'gate_look'), 0);
  assert.equal(await count(db, 'sealed_freeze'), 0);
});

test(
  'labels: too early, too few, then enough; the messages answer with counts',
  LIMIT,
  async (t) => {
    const stack = await stackFor(t);
    const spec = crashSpec(dirname(stack.dataDir), {
      label: { raters: 3, minimum: 20, deadline: '7d' },
    });
    const started = await begin({ stack, spec, salt: 'crash-2' });
    const session = await waitForSession(started);
    const client = await started.cli.connections.temporal();
    const target = { client, workflowId: workflowIdOf(started.name) };
    // Two of three: the target, which would end the wait by itself, is not reached.
    const reviews = by(['ana', 'ben'], readReviews(spec.reviewers));

    await t.test('a signal before any label, and again: the wait goes on', async () => {
      await signalComplete(target);
      await signalComplete({ ...target, session });
      await sleep(500);
      assert.equal(await phaseOf(started), 'label');
    });
    await t.test('an update before any label is refused with counts', async () => {
      const { why, ...answer } = await updateComplete(target);
      assert.deepEqual(answer, { accepted: false, have: 0, need: 20 });
      assert.match(why, /^0 of 20 consensus items/);
    });
    await t.test('an update for another session is refused', async () => {
      await assert.rejects(updateComplete({ ...target, session: 'another' }), /another/);
    });
    await t.test('too few labels: signal and update leave the wait standing', async () => {
      const few = Object.fromEntries(
        (await itemsOf(started, session)).slice(0, 12).map((id) => [id, reviews[id]!]),
      );
      assert.ok((await post(started, { spec, session, reviews: few })) > 12);
      await signalComplete({ ...target, session });
      const answer = await updateComplete(target);
      assert.equal(answer.accepted, false);
      assert.ok(answer.have < 20, `${answer.have} consensus items`);
      assert.equal(await phaseOf(started), 'label');
    });
    await t.test(
      'enough labels: the update is accepted, and the cycle goes on to its end',
      async () => {
        await post(started, { spec, session, reviews });
        const answer = await updateComplete({ ...target, session });
        assert.equal(answer.accepted, true);
        assert.ok(answer.have >= answer.need, `${answer.have} of ${answer.need}`);
        await signalComplete({ ...target, session });
        const result = await ended(started);
        assert.notEqual(result.outcome, 'labels-short');
        assert.notEqual(result.verdict, null, 'it went on to the gate');
      },
    );
    await t.test('after the end nobody can be told any more', async () => {
      await assert.rejects(signalComplete(target), /cycle/);
    });
  },
);

test(
  'the deadline passes with too few labels: labels-short; a later message finds no wait',
  LIMIT,
  async (t) => {
    const stack = await stackFor(t);
    const spec = crashSpec(dirname(stack.dataDir), {
      label: { raters: 3, minimum: 20, deadline: '2s', short: 'stop' },
    });
    const started = await begin({ stack, spec, salt: 'crash-2' });
    const result = await ended(started);
    assert.deepEqual([result.outcome, result.verdict], ['labels-short', null]);
    const { project } = started.name;
    const [opened] = await listSessions(await started.cli.connections.database(), { project });
    const session = opened!.id;
    const late = await label({ stack, spec, salt: '', ...started, session }).catch(() => 0);
    t.diagnostic(`${late} labels were taken after the deadline`);
    const db = await started.cli.connections.database();
    const { rows } = await sql<{ n: number }>`
    select count(*)::integer as n from label where not late`.execute(db);
    assert.equal(rows[0]!.n, 0, 'labels that come after the deadline are marked late');
    const { status } = await started.handle.describe();
    assert.equal(status.name, 'COMPLETED');
  },
);

test(
  'the deadline passes and the policy says continue: the base judge measures, and the report says so',
  LIMIT,
  async (t) => {
    const stack = await stackFor(t);
    const spec = crashSpec(dirname(stack.dataDir), {
      label: { raters: 3, minimum: 20, deadline: '1s', short: 'continue' },
    });
    const started = await begin({ stack, spec, salt: 'crash-2' });
    const result = await ended(started);
    t.diagnostic(result.summary);
    assert.notEqual(result.outcome, 'promoted', 'an unaligned judge promotes nothing');
  },
);

const count = async (db: Db, table: string): Promise<number> => {
  const { rows } = await sql<{ n: number }>`
    select count(*)::integer as n from ${sql.table(table)}`.execute(db);
  return rows[0]!.n;
};

async function waitForSession(started: StartedCycle): Promise<string> {
  const session = await sessionOf(started, performance.now() + PATIENCE_MS);
  assert.ok(session, 'the cycle opens a label session');
  return session;
}

/** The phase that the cycle tells of, once a worker answers. */
const phaseOf = async (started: StartedCycle) =>
  (await reach('an answer of the cycle', () => askProgress(started))).phase;

const ended = (started: StartedCycle) =>
  within(started.handle.result(), {
    until: performance.now() + PATIENCE_MS,
    what: async () => `the end; ${JSON.stringify(await askProgress(started))}`,
  });

const by = (raters: readonly string[], reviews: Reviews): Reviews =>
  Object.fromEntries(
    Object.entries(reviews).map(([id, row]) => [
      id,
      Object.fromEntries(Object.entries(row).filter(([rater]) => raters.includes(rater))),
    ]),
  );

async function itemsOf({ cli }: StartedCycle, session: string): Promise<readonly string[]> {
  const path = `/api/sessions/${encodeURIComponent(session)}/items`;
  const { items } = await callApi({ server: cli.connections.server(), path, answer: itemsAnswer });
  return items.map((item) => item.row_id);
}

type Posting = { readonly spec: ExampleSpec; readonly session: string; readonly reviews: Reviews };

async function post({ cli }: StartedCycle, { spec, ...posting }: Posting): Promise<number> {
  const server = cli.connections.server();
  const field = spec.spec.gold?.output ?? 'output';
  return (await reviewSession({ server, field, ...posting })).labels;
}
