import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { suite, test } from 'node:test';
import {
  type StackEvent,
  StackConfigError,
  clientEnvironment,
  diagnose,
  startStack,
} from '../../stack/index.ts';
import { layoutOf } from '../../stack/layout.ts';
import { savePorts } from '../../stack/port-memory.ts';
import { freePort } from '../../stack/ports.ts';
import { startTestServices } from '../services.ts';
import { BARE_ENV, dataFolder, living, recorded } from './folder.ts';
import { ANSWERING } from './programs/programs.ts';

const LIMIT = { timeout: 60_000 };

suite('attached services', { concurrency: 3 }, () => {
  test(
    'services that are named are attached, started ones reach them, and stopping leaves them alone',
    LIMIT,
    async (t) => {
      const dataDir = dataFolder(t);
      const { databaseUrl, temporal } = await startTestServices();
      const events: StackEvent[] = [];
      const onEvent = (event: StackEvent) => void events.push(event);
      const env = {
        ...BARE_ENV,
        DATABASE_URL: databaseUrl,
        TEMPORAL_ADDRESS: temporal.address,
        ATTUNE_MODEL: 'large-1',
        ATTUNE_MODEL_JUDGE: 'large-2',
        OPENAI_API_KEY: 'sk-of-a-test',
        ATTUNE_PROJECT: 'support',
      };
      const stack = await startStack({ dataDir, env, programs: ANSWERING, onEvent });
      assert.deepEqual(living(recorded(dataDir)).toSorted(), ['agent', 'server', 'worker']);
      assert.deepEqual(
        events.flatMap((event) => (event.kind === 'attached' ? [event.part] : [])).toSorted(),
        ['postgres', 'practice', 'temporal'],
      );
      assert.deepEqual(stack.info.model, { kind: 'real', name: 'large-1' });
      const server = (await (await fetch(stack.info.server?.url ?? '')).json()) as Record<
        string,
        string
      >;
      assert.equal(server['DATABASE_URL'], databaseUrl);
      assert.equal(server['TEMPORAL_ADDRESS'], temporal.address);
      assert.equal(server['ATTUNE_PROJECT'], 'support');
      assert.equal(server['OPENAI_API_KEY'], undefined);
      assert.equal(
        JSON.stringify(stack.info).includes('sk-of-a-test'),
        false,
        'the key is written nowhere',
      );
      assert.equal(clientEnvironment(stack.info)['DATABASE_URL'], databaseUrl);
      await stack.stop();
      await startTestServices();
    },
  );

  test('an address where nobody answers is refused before anything runs on', LIMIT, async (t) => {
    const port = await freePort();
    for (const [variable, value] of [
      ['DATABASE_URL', `postgres://me@127.0.0.1:${port}/attune`],
      ['TEMPORAL_ADDRESS', `127.0.0.1:${port}`],
    ] as const) {
      const dataDir = dataFolder(t);
      const env = { ...BARE_ENV, [variable]: value };
      await assert.rejects(startStack({ dataDir, env, programs: ANSWERING }), (error: unknown) => {
        assert.ok(error instanceof StackConfigError);
        assert.match(error.message, new RegExp(`127\\.0\\.0\\.1:${port} \\(${variable}\\)`));
        return true;
      });
      assert.deepEqual(living(recorded(dataDir)), []);
      const finding = (await diagnose({ ...env, ATTUNE_DATA: dataDir })).find(
        ({ state }) => state === 'bad',
      );
      assert.match(
        `${finding?.found} ${finding?.remedy}`,
        new RegExp(`${variable}.*unset it|unset it.*${variable}`),
      );
    }
  });

  test('a remembered port that is in use by now gives way to a free one', LIMIT, async (t) => {
    const dataDir = dataFolder(t);
    const squatter = createServer().listen(0, '127.0.0.1');
    t.after(() => squatter.close());
    await new Promise((resolve) => squatter.once('listening', resolve));
    const { port } = squatter.address() as { port: number };
    mkdirSync(dataDir);
    savePorts(layoutOf(dataDir), { postgres: port, temporal: port, ui: port, server: port });
    const stack = await startStack({
      dataDir,
      env: BARE_ENV,
      programs: ANSWERING,
      services: ['server'],
    });
    const { database, temporal, server } = stack.info;
    const used = [database.url, `http://${temporal.address}`, temporal.ui, server?.url].map(
      (url) => new URL(url ?? '').port,
    );
    assert.equal(new Set([...used, String(port)]).size, 5);
    await stack.stop();
  });

  test(
    'doctor finds what the stack needs, and tells a cut-off stack from a stopped one',
    LIMIT,
    async (t) => {
      const dataDir = dataFolder(t);
      const env = { ...BARE_ENV, ATTUNE_DATA: dataDir, OPENAI_API_KEY: 'sk-of-a-test' };
      const found = async () =>
        Object.fromEntries((await diagnose(env)).map((each) => [each.subject, each]));
      const before = await found();
      assert.deepEqual(
        Object.values(before).filter(({ state }) => state === 'bad'),
        [],
      );
      assert.match(before['stack']?.found ?? '', /does not run/);
      assert.match(
        before['model']?.found ?? '',
        /practice model, no cost \(the key in this shell is not used/,
      );
      const stack = await startStack({ dataDir, env, programs: ANSWERING, services: ['server'] });
      assert.match(
        (await found())['stack']?.found ?? '',
        new RegExp(`runs \\(process ${process.pid}\\); server http`),
      );
      await stack.stop();
      writeFileSync(
        layoutOf(dataDir).lock,
        JSON.stringify({ pid: 2 ** 22 + 1, started: 'before' }),
      );
      assert.match((await found())['stack']?.found ?? '', /was cut off/);
      const [only] = (await diagnose({ ...env, DATABASE_URL: 'nonsense' })).filter(
        ({ state }) => state === 'bad',
      );
      assert.match(only?.found ?? '', /not a PostgreSQL address/);
    },
  );
});
