import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { callApi } from '../../client/api.ts';
import { decide } from '../../client/cycle/messages.ts';
import { watchOf } from '../../client/cycle/promotion-watch.ts';
import { readReport } from '../../client/cycle/read-report.ts';
import { workflowIdOf } from '../../client/cycle/reference.ts';
import { importExamples } from '../../client/import/dataset.ts';
import { readExamples } from '../../client/files/examples.ts';
import { attuneHere } from '../client/cli.ts';
import { itemsAnswer } from '../../contracts/session-view.ts';
import { aliasHistory } from '../../db/aliases.ts';
import { getCycle } from '../../db/cycles.ts';
import { CLONE } from '../../stack/layout.ts';
import { askProgress, begin, label, sessionOf, type StartedCycle, within } from './cycle.ts';
import { crashSpec } from './spec.ts';
import { startTestStack } from './stack.ts';

const PATIENCE_MS = 120_000;
const until = () => performance.now() + PATIENCE_MS;

async function reach<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const end = until();
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    assert.ok(performance.now() < end, `${what} in time`);
    await sleep(200);
  }
}

const phase = (started: StartedCycle, wanted: string) =>
  reach(`the phase ${wanted}`, async () => {
    const at = await askProgress(started);
    assert.equal(at?.outcome ?? null, null, `ended before ${wanted}: ${at?.note}`);
    return at?.phase === wanted && (wanted === 'approve' || at.session !== null) ? at : null;
  });

test(
  'people check a gate blind, a person approves, the promotion is watched, and traffic that got worse rolls it back',
  { timeout: 300_000 },
  async (t) => {
    const stack = await startTestStack();
    t.after(() => stack.close());
    const spec = crashSpec(dirname(stack.dataDir), {
      gate: {
        alpha: 0.3,
        judgeFloor: -1,
        trials: 1,
        peopleCheck: { clusters: 20, deadline: '1h' },
      },
      approval: { needed: true, deadline: '1h' },
      watch: { every: '1s', batch: 10, window: '1h' },
    });
    const options = { stack, spec, salt: 'crash-2' };
    const started = await begin(options);
    const { cli, name } = started;
    const session = await sessionOf(started, until());
    await label({ ...options, ...started, session: session! });

    await t.test('the check shows outputs and nothing of the gate', async () => {
      const at = await phase(started, 'check');
      assert.equal(at.session, `${name.cycle}/${name.number}/check`);
      assert.deepEqual([at.verdict, await readReport(cli, name)], [null, null]);
      const db = await cli.connections.database();
      assert.equal((await getCycle(db, name)).gateReport, null);
      const path = `/api/sessions/${encodeURIComponent(at.session)}/items`;
      const { items } = await callApi({
        server: cli.connections.server(),
        path,
        answer: itemsAnswer,
      });
      assert.ok(items.length > 20, `${items.length} outputs`);
      assert.ok(!/incumbent|finalist|score/.test(Object.keys(items[0]!).join()));
      await label({ ...options, ...started, session: at.session });
    });

    await t.test('a person approves, and the alias moves by right', async () => {
      await phase(started, 'approve');
      const client = await cli.connections.temporal();
      await decide(
        { client, workflowId: workflowIdOf(name) },
        { approved: true, who: 'grace', why: 'read it' },
      );
      const result = await within(started.handle.result(), {
        until: until(),
        what: async () => 'the end',
      });
      assert.equal(result.outcome, 'promoted');
      const { gate } = (await readReport(cli, name))!;
      assert.equal(gate?.people?.clusters, 20);
      t.diagnostic(gate?.notes.join(' ') ?? '');
      const last = (await historyOf(started)).at(-1);
      assert.deepEqual([last?.who, last?.override], ['grace', false]);
    });

    await t.test('fresh conversations are run under both prompts', (u) => pairs(u, started));

    await t.test('traffic that got worse rolls back, with the reason in the history', async () => {
      const file = join(dirname(stack.dataDir), 'traffic.jsonl');
      const lines = Array.from({ length: 300 }, (_, i) => ({
        conversation: `live-${i}`,
        arm: i % 2 === 0 ? 'predecessor' : 'promoted',
        chance: 0.5,
        score: i % 2 === 0 ? 1 : 0,
      }));
      writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
      const key = `${name.cycle}/${name.number}`;
      const recorded = await attuneHere(
        ['promote', 'watch', 'record', key, file],
        environment(cli),
      );
      assert.equal(recorded.code, 0, recorded.err);
      await reach('the roll-back', async () => {
        const { outcome } = await watchOf(cli, await cycleOf(started));
        return outcome === 'rolled-back' ? outcome : null;
      });
      const last = (await historyOf(started)).at(-1);
      assert.deepEqual([last?.to, last?.rollback], [1, true]);
      assert.match(last?.why ?? '', /reached 20/);
      const shown = await attuneHere(['promote', 'watch', 'show', key], environment(cli));
      assert.equal(shown.code, 3, shown.err);
      assert.match(shown.out, /rolled-back/);
      const again = await attuneHere(['promote', 'watch', 'start', key], environment(cli));
      assert.equal(again.code, 4, 'what was rolled back is not watched again');
    });
  },
);

const environment = ({ env }: StartedCycle['cli']) => env.all;

const cycleOf = async ({ cli, name }: StartedCycle) =>
  getCycle(await cli.connections.database(), name);

const historyOf = async ({ cli, name }: StartedCycle) =>
  aliasHistory(await cli.connections.database(), {
    project: name.project,
    prompt: 'router',
    alias: 'production',
  });

async function pairs(t: TestContext, started: StartedCycle): Promise<void> {
  const { cli, name } = started;
  const all = readExamples({ path: join(CLONE, 'examples', 'telecom', 'messages.jsonl') });
  const db = await cli.connections.database();
  const given = { gold: {}, salt: undefined, pin: undefined, sealed: 0.45 };
  await importExamples({ db, project: name.project, name: 'telecom', ...given, ...all });
  const seen = await reach('pairs', async () => {
    const { observations } = await watchOf(cli, await cycleOf(started));
    return observations.pairs >= 10 ? observations.pairs : null;
  });
  t.diagnostic(`${seen} pairs`);
}
