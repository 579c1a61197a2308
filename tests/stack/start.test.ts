import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { Client } from 'pg';
import {
  PartFailedError,
  type StackEvent,
  StackInterruptedError,
  StackRunningError,
  clientEnvironment,
  readStack,
  startStack,
} from '../../stack/index.ts';
import { temporalServes } from '../../stack/temporal/health.ts';
import { BARE_ENV, dataFolder, living, recorded } from './folder.ts';
import { ANSWERING, FAILING_AGENT } from './programs/programs.ts';

const LIMIT = { timeout: 60_000 };
const PARTS = ['agent', 'postgres', 'practice', 'server', 'temporal', 'worker'];

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function environmentOf(url: string): Promise<Record<string, string>> {
  return (await (await fetch(url)).json()) as Record<string, string>;
}

suite('start and stop', { concurrency: 3 }, () => {
  test(
    'a stack starts all its parts, keeps its data, and its stop leaves no process',
    LIMIT,
    async (t) => {
      const dataDir = dataFolder(t);
      const events: StackEvent[] = [];
      const begun = performance.now();
      const env = {
        ...BARE_ENV,
        OPENAI_API_KEY: 'sk-real',
        TEMPORAL_TLS: 'true',
        TEMPORAL_API_KEY: 'theirs',
      };
      const options = {
        dataDir,
        env,
        programs: ANSWERING,
        onEvent: (event: StackEvent) => events.push(event),
      };
      const stack = await startStack(options);
      t.diagnostic(`first start ${Math.round(performance.now() - begun)} ms`);
      const ready = events.flatMap((event) => (event.kind === 'ready' ? [event.part] : []));
      assert.deepEqual(ready.toSorted(), PARTS);
      assert.deepEqual(readStack(dataDir), stack.info);
      assert.equal(statSync(join(dataDir, 'stack.json')).mode & 0o777, 0o600);
      assert.equal(await temporalServes(stack.info.temporal.address), true);
      assert.equal((await fetch(stack.info.temporal.ui ?? '')).status, 200);
      await query(
        stack.info.database.url,
        'create table kept (n int); insert into kept values (7)',
      );

      const server = await environmentOf(stack.info.server?.url ?? '');
      assert.equal(server['OPENAI_API_KEY'], undefined, 'the server needs no model key');
      assert.equal(
        server['TEMPORAL_TLS'],
        undefined,
        'settings for another Temporal server stay out',
      );
      assert.equal(server['TEMPORAL_API_KEY'], undefined);
      assert.equal(server['ATTUNE_TOKEN'], stack.info.server?.token);
      assert.equal(clientEnvironment(stack.info)['DATABASE_URL'], server['DATABASE_URL']);

      const processes = recorded(dataDir);
      assert.deepEqual(living(processes).toSorted(), PARTS);
      const stopping = performance.now();
      await stack.stop();
      t.diagnostic(`stop ${Math.round(performance.now() - stopping)} ms`);
      assert.deepEqual(living(processes), []);
      assert.deepEqual(await stack.ended, { reason: 'stopped' });
      assert.equal(readStack(dataDir), undefined);

      const again = performance.now();
      const second = await startStack(options);
      t.diagnostic(`second start ${Math.round(performance.now() - again)} ms`);
      assert.deepEqual(await query(second.info.database.url, 'select n from kept'), [{ n: 7 }]);
      assert.equal(
        second.info.temporal.address,
        stack.info.temporal.address,
        'ports are kept when free',
      );
      assert.equal(second.info.server?.url, stack.info.server?.url);
      await assert.rejects(startStack(options), (error: unknown) => {
        assert.ok(error instanceof StackRunningError);
        assert.equal(error.pid, process.pid);
        return true;
      });
      assert.equal(
        living(recorded(dataDir)).length,
        PARTS.length,
        'the refused start touched nothing',
      );
      await second.stop();
    },
  );

  test(
    'a part that cannot start ends the whole start with its log, and leaves no process',
    LIMIT,
    async (t) => {
      const dataDir = dataFolder(t);
      const started: StackEvent[] = [];
      const onEvent = (event: StackEvent) => started.push(event);
      await assert.rejects(
        startStack({ dataDir, env: BARE_ENV, programs: FAILING_AGENT, onEvent }),
        (error: unknown) => {
          assert.ok(error instanceof PartFailedError);
          assert.equal(error.part, 'agent');
          assert.match(error.message, /exit code 7[^]*attune\.config\.ts:3 names no agent/);
          return true;
        },
      );
      assert.deepEqual(living(recorded(dataDir)), []);
      assert.equal(readStack(dataDir), undefined);
      assert.ok(started.some(({ kind }) => kind === 'stopped'));
    },
  );

  test(
    'a start that is called off half-way leaves no process and gives the folder back',
    LIMIT,
    async (t) => {
      const dataDir = dataFolder(t);
      const controller = new AbortController();
      const onEvent = ({ kind }: StackEvent) => void (kind === 'ready' && controller.abort());
      const options = {
        dataDir,
        env: BARE_ENV,
        programs: ANSWERING,
        signal: controller.signal,
        onEvent,
      };
      await assert.rejects(startStack(options), StackInterruptedError);
      assert.deepEqual(living(recorded(dataDir)), []);
      const { signal: _, ...calm } = options;
      const stack = await startStack({ ...calm, onEvent: () => {}, services: ['worker'] });
      assert.deepEqual(living(recorded(dataDir)).toSorted(), [
        'postgres',
        'practice',
        'temporal',
        'worker',
      ]);
      await stack.stop();
    },
  );
});
