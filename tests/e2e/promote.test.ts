import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { callApi } from '../../client/api.ts';
import { readReport } from '../../client/cycle/read-report.ts';
import { itemsAnswer } from '../../contracts/session-view.ts';
import { aliasHistory } from '../../db/versions/aliases.ts';
import { listAudit } from '../../db/audit.ts';
import { CLONE } from '../../stack/layout.ts';
import { attuneHere } from '../client/cli.ts';
import { begin, label, type StartedCycle, within } from './cycle.ts';
import {
  approve,
  approveInConsole,
  cyclePage,
  endOf,
  cycleOf,
  freshPairs,
  phase,
  promotionSpec,
  rolledBack,
  worseTraffic,
} from './promoted.ts';
import { startTestStack } from './stack.ts';

const LONG = process.env['ATTUNE_LONG'] === '1';

test(
  'people check a gate blind, a person approves, the promotion is watched, and traffic that got worse rolls it back',
  { timeout: 300_000 },
  async (t) => {
    const stack = await startTestStack();
    t.after(() => stack.close());
    const spec = promotionSpec(stack);
    const options = { stack, spec, salt: 'crash-2' };
    const started = await begin(options);
    const { cli, name } = started;
    const key = `${name.cycle}/${name.number}`;
    const { session } = await phase(started, 'label');
    await label({ ...options, ...started, session: session! });

    await t.test('the check shows outputs and nothing of the gate', async () => {
      const at = await phase(started, 'check');
      assert.equal(at.session, `${key}/check`);
      assert.equal(at.verdict, null);
      await assert.rejects(readReport(cli, name), /it writes it when it ends/);
      assert.equal((await cycleOf(started)).gateReport, null);
      assert.match(await cyclePage(started), /No verdict yet/);
      await assert.rejects(approve(started, 'grace'), /the cycle is in the phase check/);
      const early = await approveInConsole(started, 'grace');
      assert.equal(early.status, 409);
      assert.match(early.text, /the cycle is in the phase check/);
      const gate = `${key}/gate`;
      const compared = await attuneHere(['compare', gate, gate], cli.env.all);
      assert.equal(compared.code, 2, compared.out);
      assert.match(compared.err, /is sealed: only the gate reads it/);
      const path = `/api/sessions/${encodeURIComponent(at.session)}/items`;
      const server = cli.connections.server();
      const { items } = await callApi({ server, path, answer: itemsAnswer });
      assert.ok(items.length > 20, `${items.length} outputs`);
      assert.ok(!/incumbent|finalist|score/.test(Object.keys(items[0]!).join()));
      await label({ ...options, ...started, session: at.session });
    });

    await t.test('a person approves in the console, and the alias moves by right', async () => {
      await phase(started, 'approve');
      assert.match(await cyclePage(started), /The gate said promote: your decision/);
      const decided = await approveInConsole(started, 'grace');
      assert.equal(decided.status, 303, decided.text);
      assert.equal((await endOf(started)).outcome, 'promoted');
      assert.match(await cyclePage(started), /Gate: promote/);
      const db = await cli.connections.database();
      const [audited] = await listAudit(db, { project: name.project, subject: key });
      assert.deepEqual([audited?.who, audited?.action], ['grace', 'approve']);
      const { gate } = await readReport(cli, name);
      assert.equal(gate?.people?.clusters, 20);
      t.diagnostic(gate?.notes.join(' ') ?? '');
      const last = (await historyOf(started)).at(-1);
      assert.deepEqual([last?.who, last?.override], ['grace', false]);
    });

    await t.test('every number of the report comes again from its exported rows', async () => {
      const file = join(dirname(stack.dataDir), 'gate.json');
      const exported = await attuneHere(['cycle', 'export-gate', key, '--out', file], cli.env.all);
      assert.equal(exported.code, 0, exported.err);
      const script = join(CLONE, 'docs', 'recompute-gate.ts');
      const { stdout } = spawnSync(process.execPath, [script, file], { encoding: 'utf8' });
      const other = stdout.split('\n').filter((line) => !line.startsWith('same'));
      assert.deepEqual(other, ['Every number agrees.', '']);
    });

    await t.test('fresh conversations are run under both prompts', async () => {
      t.diagnostic(`${await freshPairs(started)} pairs`);
    });

    await t.test('traffic that got worse rolls back, with the reason in the history', async () => {
      const file = join(dirname(stack.dataDir), 'traffic.jsonl');
      writeFileSync(file, worseTraffic.map((line) => JSON.stringify(line)).join('\n'));
      assert.equal((await watch(started, 'record', file)).code, 0);
      await rolledBack(started);
      const last = (await historyOf(started)).at(-1);
      assert.deepEqual([last?.to, last?.rollback], [1, true]);
      assert.match(last?.why ?? '', /reached 20/);
      const shown = await watch(started, 'show');
      assert.equal(shown.code, 3, shown.err);
      assert.match(shown.out, /rolled-back/);
      assert.equal(
        (await watch(started, 'start')).code,
        2,
        'what was rolled back is not watched again',
      );
    });
  },
);

test(
  'nobody approves in time: declined, and the alias stays',
  { timeout: 300_000, skip: !LONG && 'takes a minute; set ATTUNE_LONG=1' },
  async (t) => {
    const { options, started } = await approvedWithin(t, '2s');
    const { session } = await phase(started, 'label');
    await label({ ...options, ...started, session: session! });
    const { outcome, verdict } = await within(started.handle.result(), {
      until: performance.now() + 120_000,
      what: async () => 'the end',
    });
    assert.deepEqual([outcome, verdict], ['declined', 'promote']);
    assert.equal((await historyOf(started)).length, 1);
  },
);

test(
  'a veto by the command line declines the promotion and stands in the audit; a second word is refused',
  { timeout: 300_000, skip: !LONG && 'takes a minute; set ATTUNE_LONG=1' },
  async (t) => {
    const { options, started } = await approvedWithin(t, '1h');
    const { cli, name } = started;
    const key = `${name.cycle}/${name.number}`;
    const decide = (...args: readonly string[]) =>
      attuneHere(['cycle', ...args], { ...cli.env.all, USER: 'grace' });
    const early = await decide('approve', key, '--why', 'cannot wait');
    assert.equal(early.code, 4, early.err);
    assert.match(early.err, /the cycle refused: the cycle is in the phase/);
    const { session } = await phase(started, 'label');
    await label({ ...options, ...started, session: session! });
    await phase(started, 'approve');
    assert.equal((await decide('reject', key)).code, 2, 'a reason is required');
    const vetoed = await decide('reject', key, '--why', 'too risky');
    assert.equal(vetoed.code, 0, vetoed.err);
    const second = await decide('approve', key, '--why', 'no, do it');
    assert.ok([2, 4].includes(second.code!), second.err);
    const { outcome, verdict } = await endOf(started);
    assert.deepEqual([outcome, verdict], ['declined', 'promote']);
    assert.equal((await historyOf(started)).length, 1);
    const db = await cli.connections.database();
    const audit = await listAudit(db, { project: name.project, subject: key });
    assert.deepEqual(
      audit.map(({ who, action, detail }) => ({ who, action, detail })),
      [{ who: 'grace', action: 'reject', detail: { why: 'too risky' } }],
    );
  },
);

/** A cycle that is promoted if a person approves in time; nobody checks its gate. */
async function approvedWithin(t: TestContext, deadline: string) {
  const stack = await startTestStack();
  t.after(() => stack.close());
  const spec = promotionSpec(stack, {
    gate: { alpha: 0.3, judgeFloor: -1, trials: 1 },
    approval: { needed: true, deadline },
  });
  const options = { stack, spec, salt: 'crash-2' };
  return { options, started: await begin(options) };
}

const watch = ({ cli, name }: StartedCycle, verb: string, ...more: readonly string[]) =>
  attuneHere(['promote', 'watch', verb, `${name.cycle}/${name.number}`, ...more], cli.env.all);

const historyOf = async ({ cli, name }: StartedCycle) =>
  aliasHistory(await cli.connections.database(), {
    project: name.project,
    prompt: 'router',
    alias: 'production',
  });
