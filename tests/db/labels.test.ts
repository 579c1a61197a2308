import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { hashJson } from '../../contracts/hash.ts';
import type { LabelLine } from '../../contracts/label.ts';
import type { Db } from '../../db/connect.ts';
import type { Cycle } from '../../db/cycles/cycles.ts';
import { listLabels, recordLabels } from '../../db/labels/labels.ts';
import { deliverOutbox, type OutboxMessage } from '../../db/outbox.ts';
import { addArm, planRollouts } from '../../db/runs/runs.ts';
import { closeSession, getSession, listSessions, openSession } from '../../db/labels/sessions.ts';
import { listItemContents, listItems } from '../../db/labels/items.ts';
import { openDatabase } from './database.ts';
import { example, importRows, outputs, PROJECT, startCycle, startRun } from './fixture.ts';

let db: Db;
let cycle: Cycle;
const IDS = ['align-labels-1', 'align-labels-2', 'judge-test-1'];
const HASH = hashJson(outputs('billing'));
const SESSION = { project: PROJECT, session: 'demo/1/1' };

beforeEach(async () => {
  ({ db } = await openDatabase());
  cycle = await startCycle(db);
  const run = await startRun(db, cycle, 'evaluate');
  const at = { project: PROJECT, run: run.name };
  await addArm(db, { ...at, arm: 'incumbent', texts: { router: 'one' } });
  const cells = IDS.map((id) => ({
    arm: 'incumbent',
    example: id,
    trial: 0,
    recorded: { outputs: outputs('billing'), traceId: `t-${id}` },
  }));
  await planRollouts(db, { ...at, cells });
  await open();
});

const open = (deadline: string | null = null) =>
  openSession(db, cycle, {
    round: 1,
    judgeVersion: cycle.judge,
    ratersPerItem: 2,
    minimum: 2,
    target: 6,
    deadline,
    items: IDS.map((id) => ({
      traceId: `t-${id}`,
      example: id,
      outputHash: HASH,
      weight: 1,
      reason: 'all',
    })),
  });

const line = (id: string, rater: string, changes: Partial<LabelLine> = {}): LabelLine => ({
  trace_id: `t-${id}`,
  rater,
  name: 'routing',
  value: true,
  ...changes,
});

const record = (lines: readonly LabelLine[], now = 0) =>
  recordLabels(db, {
    project: PROJECT,
    lines,
    now,
    faultOf: (judge, value) =>
      typeof value === judge.value.type ? null : `${value} is no ${judge.value.type}`,
  });

const all = (rater: string) => record(IDS.map((id) => line(id, rater)));

const deliverAll = async (): Promise<readonly OutboxMessage[]> => {
  const got: OutboxMessage[] = [];
  await deliverOutbox(db, {
    limit: 10,
    deliver: (message) => Promise.resolve(void got.push(message)),
  });
  return got;
};

test('opening the session of a round again finds it, with its items in order', async () => {
  const again = await open('2030-01-01T00:00:00.000Z');
  assert.equal(again.created, false);
  assert.equal(again.session.deadline, null);
  assert.equal(again.session.id, 'demo/1/1');
  assert.deepEqual(
    (await listItems(db, SESSION)).map((item) => [item.ordinal, item.example]),
    IDS.map((id, i) => [i, id]),
  );
});

test('a person is shown inputs and outputs of what they have not labelled', async () => {
  await record([line('align-labels-2', 'ada')]);
  const shown = await listItemContents(db, { ...SESSION, unlabelledBy: 'ada' });
  assert.deepEqual(
    shown.map((item) => [item.example, item.inputs, item.outputs]),
    ['align-labels-1', 'judge-test-1'].map((id) => [
      id,
      { message: `message of ${id}` },
      { route: 'billing' },
    ]),
  );
  assert.equal((await listItemContents(db, { ...SESSION, unlabelledBy: 'bob' })).length, 3);
  assert.equal((await listItemContents(db, SESSION)).length, 3);
});

test('an equal label changes nothing; another value or rationale supersedes and keeps the first', async () => {
  const [first] = await record([line('judge-test-1', 'ada')]);
  const [again] = await record([line('judge-test-1', 'ada')]);
  const [edited] = await record([line('judge-test-1', 'ada', { rationale: 'it asks for a bill' })]);
  const [other] = await record([line('judge-test-1', 'bob')]);
  assert.deepEqual(
    [first, again, edited, other].map((one) => one?.state),
    ['created', 'unchanged', 'superseded', 'created'],
  );
  assert.equal(again?.label.id, first?.label.id);
  const labels = await listLabels(db, { project: PROJECT, session: 'demo/1/1' });
  assert.deepEqual(
    labels.map((label) => [label.rater, label.rationale]),
    [
      ['ada', null],
      ['ada', 'it asks for a bill'],
      ['bob', null],
    ],
  );
  await assert.rejects(db.deleteFrom('label').execute(), /append-only: delete refused/);
  assert.equal((await listSessions(db, { project: PROJECT }))[0]?.labels, 2);
});

test('the same label sent by ten requests at once is recorded once', async () => {
  await Promise.all(Array.from({ length: 10 }, () => record([line('judge-test-1', 'ada')])));
  assert.equal((await listLabels(db, { project: PROJECT })).length, 1);
});

test('the cycle is told once when the labels reach the target, in the same transaction', async () => {
  await all('ada');
  assert.deepEqual(await deliverAll(), []);
  const failing = record([...IDS.map((id) => line(id, 'bob')), line('none', 'bob')]);
  await assert.rejects(failing);
  assert.deepEqual(await deliverAll(), []);
  await all('bob');
  await all('cleo');
  const told = await deliverAll();
  assert.deepEqual(
    told.map(({ kind, subject, payload }) => ({ kind, subject, payload })),
    [{ kind: 'labels-target', subject: 'demo/1/1', payload: { cycle: 'demo/1' } }],
  );
  assert.deepEqual(await deliverAll(), []);
});

test('a message whose delivery fails waits for the next time, and none is delivered by two at once', async () => {
  await all('ada');
  await all('bob');
  const refused = await deliverOutbox(db, {
    limit: 10,
    deliver: () => Promise.reject(new Error('no server')),
  });
  assert.equal(refused.delivered, 0);
  assert.match(String(refused.failed[0]?.error), /no server/);
  let taken = 0;
  const slow = () =>
    deliverOutbox(db, {
      limit: 10,
      deliver: async () => {
        taken += 1;
        await new Promise((resolve) => setTimeout(resolve, 100));
      },
    });
  await Promise.all([slow(), slow(), slow()]);
  assert.equal(taken, 1);
});

test('a label after the end of its session is kept, marked late, and does not count', async () => {
  await all('ada');
  await closeSession(db, { ...SESSION, endedBy: 'signal' });
  await closeSession(db, { ...SESSION, endedBy: 'deadline' });
  const late = await record([line('judge-test-1', 'ada', { value: false })]);
  assert.equal(late[0]?.label.late, true);
  await all('bob');
  assert.deepEqual(await deliverAll(), []);
  assert.equal((await getSession(db, SESSION)).state, 'closed');
  const labels = await listLabels(db, { project: PROJECT });
  const kept = labels.filter((label) => label.rater === 'ada' && label.example === 'judge-test-1');
  assert.deepEqual(
    kept.map((label) => [label.value, label.late]),
    [
      [true, false],
      [false, true],
    ],
  );
});

const refusals: readonly (readonly [string, LabelLine, RegExp])[] = [
  ['an unknown trace', line('none', 'ada'), /label 1: trace `t-none` is not known/],
  [
    'a trace with another output',
    line('judge-test-1', 'ada', { output_hash: '0123456789' }),
    /has the output [0-9a-f]{64}, not 0123456789/,
  ],
  [
    'an unknown row',
    { row_id: 'nothing', rater: 'ada', name: 'routing', value: true },
    /row `nothing` is not known/,
  ],
  [
    'a row without recorded output and without a hash',
    { row_id: 'judge-test-1', rater: 'ada', name: 'routing', value: true },
    /has no recorded output; say which/,
  ],
  [
    'a row with a hash no output has',
    {
      row_id: 'judge-test-1',
      output_hash: '0123456789',
      rater: 'ada',
      name: 'routing',
      value: true,
    },
    /row `judge-test-1` has no output 0123456789/,
  ],
  [
    'a name the session does not ask for',
    line('judge-test-1', 'ada', { name: 'tone' }),
    /`tone` is not what session demo\/1\/1 asks; its labels are named `routing`/,
  ],
  [
    'a value of another type',
    line('judge-test-1', 'ada', { value: 'yes' }),
    /label 1: yes is no boolean; no label of this request was recorded/,
  ],
];
for (const [what, bad, message] of refusals)
  test(`${what} is refused with its reason, and nothing of the request is kept`, async () => {
    await assert.rejects(record([bad]), message);
    await assert.rejects(record([line('judge-test-1', 'bob'), bad]), { index: 1 });
    assert.deepEqual(await listLabels(db, { project: PROJECT }), []);
  });

test('a row id alone labels the recorded output; with a hash, the output the agent made', async () => {
  const row = example('own', { outputs: outputs('plans'), tags: { part: 'train' } });
  await importRows(db, [row]);
  const label = { rater: 'ada', name: 'routing', value: true };
  const [recorded] = await record([{ ...label, row_id: 'own' }]);
  assert.equal(recorded?.label.outputHash, hashJson(outputs('plans')));
  assert.equal(recorded?.label.session, null);
  const [made] = await record([{ ...label, row_id: 'judge-test-1', output_hash: HASH }]);
  assert.equal(made?.label.traceId, 't-judge-test-1');
  assert.equal(made?.label.session, 'demo/1/1');
});
