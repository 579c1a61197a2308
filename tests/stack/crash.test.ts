import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type StackEvent, identify, readStack, startStack, stopStack } from '../../stack/index.ts';
import { lives } from '../../stack/identity.ts';
import { temporalServes } from '../../stack/temporal/health.ts';
import { probePostgres } from '../../stack/postgres/probe.ts';
import { BARE_ENV, dataFolder, living, recorded } from './folder.ts';
import { startParent } from './parent.ts';
import { ANSWERING } from './programs/programs.ts';

const LIMIT = { timeout: 60_000 };
const PARTS = ['agent', 'postgres', 'practice', 'server', 'temporal', 'worker'];

suite('crashes and signals', { concurrency: 3 }, () => {
  test('each part killed with -9 comes back by itself, on the same port', LIMIT, async (t) => {
    const dataDir = dataFolder(t);
    const events: StackEvent[] = [];
    const onEvent = (event: StackEvent) => void events.push(event);
    const stack = await startStack({ dataDir, env: BARE_ENV, programs: ANSWERING, onEvent });
    const before = recorded(dataDir);
    for (const { pid } of Object.values(before)) process.kill(pid, 'SIGKILL');
    const back = () => events.flatMap((event) => (event.kind === 'restarted' ? [event] : []));
    for (let waited = 0; back().length < PARTS.length && waited < 20_000; waited += 50)
      await sleep(50);
    for (const { part, ms } of back()) t.diagnostic(`${part} back after ${ms} ms`);
    assert.deepEqual(
      back()
        .map(({ part }) => part)
        .toSorted(),
      PARTS,
    );
    const after = recorded(dataDir);
    assert.deepEqual(living(after).toSorted(), PARTS);
    assert.ok(PARTS.every((part) => after[part]?.pid !== before[part]?.pid));
    const { database, temporal, server, model } = stack.info;
    assert.equal(await probePostgres('127.0.0.1', Number(new URL(database.url).port)), 'ready');
    assert.equal(await temporalServes(temporal.address), true);
    assert.equal((await fetch(server?.url ?? '')).status, 200);
    assert.equal((await fetch(model.baseUrl ?? '')).status, 200);
    await stack.stop();
    assert.deepEqual(living(after), []);
  });

  test('a part that dies again and again ends the stack with its reason', LIMIT, async (t) => {
    const dataDir = dataFolder(t);
    const stack = await startStack({
      dataDir,
      env: BARE_ENV,
      programs: ANSWERING,
      services: ['worker'],
    });
    const seen = new Set<number>();
    for (let waited = 0; readStack(dataDir) && waited < 30_000; waited += 20) {
      const worker = recorded(dataDir)['worker'];
      if (worker && lives(worker)) {
        seen.add(worker.pid);
        process.kill(worker.pid, 'SIGKILL');
      }
      await sleep(20);
    }
    const end = await stack.ended;
    assert.ok(
      end.reason === 'failed' && /worker kept dying/.test(end.message),
      JSON.stringify(end),
    );
    assert.ok(seen.size >= 7, `restarted ${seen.size} times`);
    assert.deepEqual(living(recorded(dataDir)), []);
  });

  test(
    'after the parent is killed with -9 a new start ends the orphans and goes on',
    LIMIT,
    async (t) => {
      const dataDir = dataFolder(t);
      const parent = startParent(dataDir);
      const first = await parent.up();
      parent.child.kill('SIGKILL');
      await once(parent.child, 'exit');
      const orphans = recorded(dataDir);
      assert.deepEqual(living(orphans).toSorted(), PARTS, 'they outlive their parent');
      assert.equal(readStack(dataDir), undefined, 'but nobody may attach to them');
      const ended: string[] = [];
      const onEvent = (event: StackEvent) =>
        void (event.kind === 'orphan-ended' && ended.push(event.part));
      const stack = await startStack({ dataDir, env: BARE_ENV, programs: ANSWERING, onEvent });
      assert.deepEqual(ended.toSorted(), PARTS);
      assert.deepEqual(living(orphans), []);
      assert.equal(stack.info.database.url, first.database.url, 'same data, same port');
      await stack.stop();
    },
  );

  test('a recorded pid that now belongs to another process is left alone', LIMIT, async (t) => {
    const dataDir = dataFolder(t);
    const stack = await startStack({ dataDir, env: BARE_ENV, programs: ANSWERING, services: [] });
    await stack.stop();
    const bystander = startParent(dataFolder(t));
    await bystander.up();
    const real = identify(bystander.child.pid ?? 0);
    assert.ok(real);
    const reused = { pid: real.pid, started: real.started.replace(/^\d+/, '1') };
    writeFileSync(join(dataDir, 'processes.json'), JSON.stringify({ worker: reused }));
    writeFileSync(join(dataDir, 'lock.json'), JSON.stringify(reused));
    assert.deepEqual(await stopStack(dataDir), { stopped: false });
    assert.ok(lives(real));
    bystander.child.kill('SIGTERM');
    await once(bystander.child, 'exit');
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    test(`${signal} to the parent ends everything with exit code 0`, LIMIT, async (t) => {
      const dataDir = dataFolder(t);
      const parent = startParent(dataDir);
      await parent.up();
      const processes = recorded(dataDir);
      parent.child.kill(signal);
      const [code] = (await once(parent.child, 'exit')) as [number | null];
      assert.equal(code, 0);
      assert.deepEqual(living(processes), []);
    });

  test('a terminal that is closed, its output gone, still ends everything', LIMIT, async (t) => {
    const dataDir = dataFolder(t);
    const parent = startParent(dataDir);
    await parent.up();
    const processes = recorded(dataDir);
    parent.child.stdout.destroy();
    parent.child.kill('SIGHUP');
    const [code] = (await once(parent.child, 'exit')) as [number | null];
    assert.equal(code, 0);
    assert.deepEqual(living(processes), []);
  });

  test(
    'Ctrl-C in a terminal, which reaches the whole process group, ends everything',
    LIMIT,
    async (t) => {
      const dataDir = dataFolder(t);
      const parent = startParent(dataDir);
      await parent.up();
      const processes = recorded(dataDir);
      process.kill(-(parent.child.pid ?? 0), 'SIGINT');
      const [code] = (await once(parent.child, 'exit')) as [number | null];
      assert.equal(code, 0);
      assert.deepEqual(living(processes), []);
    },
  );

  test('Ctrl-C during the start leaves no process', LIMIT, async (t) => {
    const dataDir = dataFolder(t);
    const parent = startParent(dataDir);
    await parent.line(({ kind }) => kind === 'ready');
    const processes = recorded(dataDir);
    process.kill(-(parent.child.pid ?? 0), 'SIGINT');
    await once(parent.child, 'exit');
    assert.deepEqual(living(processes), []);
    assert.deepEqual(living(recorded(dataDir)), []);
  });

  test('`attune stop` from another process ends a running stack', LIMIT, async (t) => {
    const dataDir = dataFolder(t);
    const parent = startParent(dataDir);
    await parent.up();
    const processes = recorded(dataDir);
    assert.deepEqual(await stopStack(dataDir), { stopped: true, pid: parent.child.pid });
    assert.deepEqual(living(processes), []);
    assert.throws(() => readFileSync(join(dataDir, 'lock.json')));
  });
});
