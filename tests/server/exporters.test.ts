import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import type { StoredTrace } from '../../contracts/trace.ts';
import { getTrace } from '../../db/traces/traces.ts';
import { searchTraces } from '../../db/traces/search.ts';
import { treeOf } from '../../domain/trace/tree.ts';
import { createPracticeServer } from '../../practice/server.ts';
import { MESSAGES } from '../../server/otlp/schema.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { type RunningServer, startServer } from './http.ts';
import { exporterEnvironment, runNode, runPython } from './programs.ts';

const skip =
  process.env['ATTUNE_LONG'] === undefined &&
  'set ATTUNE_LONG=1 to run programs with the OpenTelemetry SDK for Python (installed into a temporary environment)';

let database: OpenDatabase;
let server: RunningServer;
const practice = createPracticeServer();
before(async () => {
  database = await openDatabase();
  server = await startServer({ DATABASE_URL: database.url });
  await once(practice.listen(0, '127.0.0.1'), 'listening');
});
after(async () => {
  practice.closeAllConnections();
  practice.close();
  await server.stop();
});

/** The one trace of a session. */
async function ofSession(session: string): Promise<StoredTrace> {
  const filter = { kind: 'text', column: 'session', operator: '=', value: session } as const;
  const { traces } = await searchTraces(database.db, { project: PROJECT, filter, limit: 5 });
  assert.equal(traces.length, 1);
  return getTrace(database.db, { project: PROJECT, id: traces[0]!.id });
}

test('a Node program whose openai client OpenInference traces arrives with messages, tokens and session', async () => {
  await runNode('openinference.ts', {
    ...exporterEnvironment(server),
    OPENAI_BASE_URL: `http://127.0.0.1:${(practice.address() as AddressInfo).port}/v1`,
    OPENAI_API_KEY: 'none',
  });
  const trace = await ofSession('talk-8');
  assert.deepEqual(
    [trace.name, trace.inputs, trace.outputs],
    ['answer', { message: 'my bill' }, 'billing'],
  );
  // By parents: the clock of OpenTelemetry may start a child a moment before its parent.
  const spans = treeOf(trace.spans).map(({ span }) => span);
  const [root, chat, embedding] = spans;
  assert.deepEqual(
    spans.map(({ kind, parent }) => [kind, parent]),
    [
      ['agent', null],
      ['model', root!.id],
      ['embedding', root!.id],
    ],
  );
  assert.deepEqual(
    (chat!.inputs as { role: string }[]).map(({ role }) => role),
    ['system', 'user'],
  );
  assert.equal(chat?.outputs, 'billing');
  const asked = chat.usage!.inputTokens;
  assert.ok(asked > 0);
  assert.equal(trace.inputTokens, asked + (embedding?.usage?.inputTokens ?? 0));
  assert.deepEqual(embedding?.inputs, ['my bill']);
  assert.equal(chat?.attributes['llm.model_name'], 'practice-agent');
});

type Made = {
  readonly trace: string;
  readonly id: string;
  readonly parent: string | null;
  readonly start: number;
  readonly name: string;
};

test(
  'a Python program with the OpenTelemetry SDK and its exporter arrives over protobuf and gzip, span by span',
  { skip },
  async () => {
    const made = (await runPython('exporter.py', {
      ...exporterEnvironment(server),
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    })) as readonly Made[];
    const trace = await ofSession('talk-7');
    assert.equal(trace.spans.length, 3);
    assert.deepEqual(
      trace.spans.map(({ id, parent, origin }) => ({
        trace: trace.id,
        id,
        parent,
        name: origin?.name,
      })),
      made.map(({ start: _start, ...span }) => span),
    );
    for (const [n, { start }] of made.entries())
      assert.ok(Math.abs(trace.spans[n]!.start - start / 1e6) < 0.001);
    assert.deepEqual(
      [trace.inputs, trace.outputs, trace.status, trace.inputTokens, trace.outputTokens],
      [[{ role: 'user', content: 'Where is order 7? 📦' }], 'At home.', 'OK', 120, 8],
    );
    const [, chat, tool] = trace.spans;
    assert.deepEqual(
      [chat?.inputs, chat?.outputs],
      [[{ role: 'user', content: 'Where is order 7?' }], 'At home.'],
    );
    const { numbers, share, sure } = chat!.attributes;
    assert.deepEqual([numbers, share, sure], [[1, 2, 3], 0.25, true]);
    assert.deepEqual(
      [tool?.name, tool?.kind, tool?.inputs, tool?.status, tool?.message],
      ['lookup', 'tool', { order: 7 }, 'ERROR', 'LookupError: no order 7'],
    );
    assert.equal(chat?.origin?.resource['service.name'], 'python-shop');
  },
);

test(
  'a Python program traced by MLflow arrives with its kinds, arguments, results and tokens',
  { skip },
  async () => {
    // With the endpoint of all signals MLflow would send metrics too, over gRPC.
    const { OTEL_EXPORTER_OTLP_ENDPOINT: _all, ...headers } = exporterEnvironment(server);
    await runPython('mlflow_program.py', {
      ...headers,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${server.url}/v1/traces`,
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/protobuf',
      // Nobody answers there: MLflow would else look for a database of its own.
      MLFLOW_TRACKING_URI: 'http://127.0.0.1:9',
    });
    const filter = { kind: 'text', column: 'name', operator: '=', value: 'answer_mlflow' } as const;
    const { traces } = await searchTraces(database.db, { project: PROJECT, filter, limit: 5 });
    const trace = await getTrace(database.db, { project: PROJECT, id: traces[0]!.id });
    assert.deepEqual(
      trace.spans.map(({ name, kind, inputs, outputs }) => ({ name, kind, inputs, outputs })),
      [
        {
          name: 'answer_mlflow',
          kind: 'agent',
          inputs: { question: 'Where?' },
          outputs: 'At home.',
        },
        { name: 'lookup', kind: 'tool', inputs: { order: 7 }, outputs: { at: 'home' } },
        {
          name: 'ask',
          kind: 'model',
          inputs: [{ role: 'user', content: 'Where?' }],
          outputs: 'At home.',
        },
      ],
    );
    assert.deepEqual([trace.inputTokens, trace.outputTokens], [10, 2]);
  },
);

type Field = readonly [number: number, type: string, repeated: boolean];

test(
  'the fields of our protobuf schema are those the OpenTelemetry project publishes',
  { skip },
  async () => {
    const official = (await runPython('descriptors.py')) as Readonly<
      Record<string, Readonly<Record<string, Field>>>
    >;
    const { RpcStatus: _status, ...ours } = MESSAGES;
    for (const [message, { fields }] of Object.entries(ours))
      for (const [name, given] of Object.entries(fields)) {
        const field = given as { id: number; type: string; rule?: string };
        const [number, type, repeated] = official[message]?.[name] ?? [];
        assert.deepEqual(
          [field.id, field.type, field.rule === 'repeated'],
          [number, type === 'enum' ? 'int32' : type, repeated],
          `${message}.${name}`,
        );
      }
  },
);
