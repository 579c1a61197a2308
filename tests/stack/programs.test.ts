import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type StackEvent, startStack } from '../../stack/index.ts';
import { ROOT } from './compose-file.ts';
import { BARE_ENV, dataFolder, living, recorded } from './folder.ts';

const PARTS = ['agent', 'postgres', 'practice', 'server', 'temporal', 'worker'];

test(
  'the real programs come up, answer, come back after kill -9 and end when asked',
  { timeout: 180_000 },
  async (t) => {
    const dataDir = dataFolder(t);
    const events: StackEvent[] = [];
    const onEvent = (event: StackEvent) => void events.push(event);
    const begun = performance.now();
    const stack = await startStack({ dataDir, env: BARE_ENV, cwd: ROOT, onEvent });
    t.diagnostic(`cold start ${Math.round(performance.now() - begun)} ms`);
    const { server, model } = stack.info;
    assert.equal((await fetch(`${server?.url}/healthz`)).status, 200);
    assert.equal((await fetch(`${model.baseUrl}/models`)).status, 200);
    const refused = await fetch(`${server?.url}/api/labels`, { method: 'POST', body: '[]' });
    assert.equal(refused.status, 401, 'labels need the token of the stack');

    const before = recorded(dataDir);
    for (const part of ['worker', 'agent', 'server'] as const)
      process.kill(before[part]?.pid ?? 0, 'SIGKILL');
    const back = () => events.flatMap((event) => (event.kind === 'restarted' ? [event] : []));
    for (let waited = 0; back().length < 3 && waited < 60_000; waited += 100) await sleep(100);
    for (const { part, ms } of back()) t.diagnostic(`${part} back after ${ms} ms`);
    assert.equal(
      (await fetch(`${server?.url}/healthz`)).status,
      200,
      'the server is back on its port',
    );
    assert.deepEqual(living(recorded(dataDir)).toSorted(), PARTS);

    const stopping = performance.now();
    await stack.stop();
    t.diagnostic(`stop ${Math.round(performance.now() - stopping)} ms`);
    assert.deepEqual(living(recorded(dataDir)), []);
    for (const part of ['worker', 'agent', 'server'])
      assert.doesNotMatch(
        readFileSync(join(dataDir, 'logs', `${part}.log`), 'utf8'),
        /Error:|unhandled/i,
        part,
      );
  },
);
