import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { ROUTES } from '../../examples/telecom/agent.ts';
import { type ChatReply, serving } from './serving.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'practice');
const hello = { model: 'practice-agent', messages: [{ role: 'user', content: 'hello' }] };

test('it lists its models, and refuses another name with 404', async (t) => {
  const { base, post } = await serving(t);
  const models = (await (await fetch(`${base}/v1/models`)).json()) as { data: { id: string }[] };
  assert.deepEqual(
    models.data.map(({ id }) => id),
    ['practice-agent', 'practice-judge', 'practice-reflector', 'practice-embed'],
  );
  const response = await post('/chat/completions', { ...hello, model: 'gpt-9' });
  assert.equal(response.status, 404);
  assert.match(await response.text(), /`gpt-9` does not exist/);
});

test('a malformed body gets 400 with the fault, and the server goes on', async (t) => {
  const { post, say } = await serving(t);
  const bad: readonly [unknown, RegExp][] = [
    ['{', /not JSON/],
    ['[]', /must be a JSON object/],
    [{ model: 'practice-agent' }, /`messages`/],
    [{ ...hello, messages: [{ content: 'x' }] }, /`messages\[0\]`/],
    [{ ...hello, messages: [{ role: 'user', content: 7 }] }, /`messages\[0\]\.content`/],
    [{ ...hello, seed: 'x' }, /`seed`/],
    [{ ...hello, response_format: { type: 'json_schema' } }, /`response_format`/],
  ];
  for (const [body, fault] of bad) {
    const response = await post('/chat/completions', body);
    assert.equal(response.status, 400);
    assert.match(await response.text(), fault);
  }
  assert.equal((await post('/embeddings', { model: 'practice-embed', input: 3 })).status, 400);
  assert.equal(typeof (await say(hello)), 'string');
});

test('usage is filled, and equal bodies get equal replies', async (t) => {
  const { post } = await serving(t);
  const body = {
    ...hello,
    messages: [{ role: 'system', content: '- a: x\n- b: y' }, ...hello.messages],
    seed: 5,
  };
  const replies = await Promise.all(
    [1, 2].map(async () => (await (await post('/chat/completions', body)).json()) as ChatReply),
  );
  assert.deepEqual(replies[0], replies[1]);
  assert.ok(replies[0]!.usage.prompt_tokens > 10);
  assert.ok(replies[0]!.usage.completion_tokens > 0);
});

test('the counts tell repeats by content and by Idempotency-Key', async (t) => {
  const { base, post } = await serving(t);
  const ask = (content: string, key?: string) =>
    post(
      '/chat/completions',
      { ...hello, messages: [{ role: 'user', content }] },
      key === undefined ? {} : { 'idempotency-key': key },
    );
  for (const [content, key] of [['a', '1'], ['a', '1'], ['b', '2'], ['c']] as const)
    await (await ask(content, key)).text();
  const stats = (await (await fetch(`${base}/stats`)).json()) as Record<string, unknown>;
  const { requests, ok, okUnique, okDuplicates, keys, keyRepeats, noKey, current } = stats;
  assert.deepEqual(
    { requests, ok, okUnique, okDuplicates, keys, keyRepeats, noKey, current },
    {
      requests: 4,
      ok: 4,
      okUnique: 3,
      okDuplicates: 1,
      keys: 2,
      keyRepeats: 1,
      noKey: 1,
      current: 0,
    },
  );
});

test('any JSON schema is answered with a value that has its shape', async (t) => {
  const { say } = await serving(t);
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string' },
      kind: { enum: ['a', 'b'] },
      share: { type: 'number', minimum: 2, maximum: 3 },
      parts: { type: 'array', items: { type: 'integer' }, minItems: 2 },
      inner: { $ref: '#/$defs/inner' },
    },
    $defs: { inner: { type: 'object', properties: { yes: { type: 'boolean' } } } },
  };
  const format = { type: 'json_schema', json_schema: { name: 'x', schema } };
  const value = JSON.parse(await say({ ...hello, response_format: format })) as {
    name: unknown;
    kind: string;
    share: number;
    parts: number[];
    inner: { yes: unknown };
  };
  assert.equal(typeof value.name, 'string');
  assert.ok(['a', 'b'].includes(value.kind));
  assert.ok(value.share >= 2 && value.share <= 3);
  assert.ok(value.parts.length === 2 && value.parts.every(Number.isInteger));
  assert.equal(typeof value.inner.yes, 'boolean');
});

test('JSON mode gets JSON, and embeddings come as numbers or base64', async (t) => {
  const { say, post } = await serving(t);
  JSON.parse(await say({ ...hello, response_format: { type: 'json_object' } }));
  const embed = async (more: object) =>
    (await (
      await post('/embeddings', { model: 'practice-embed', input: ['a b', 'c'], ...more })
    ).json()) as {
      data: { embedding: number[] | string }[];
    };
  const [plain, encoded] = [
    await embed({ dimensions: 64 }),
    await embed({ dimensions: 64, encoding_format: 'base64' }),
  ];
  const bytes = Buffer.from(encoded.data[0]!.embedding as string, 'base64');
  const decoded = [...new Float32Array(bytes.buffer, bytes.byteOffset, 64)];
  assert.deepEqual(decoded, plain.data[0]!.embedding);
});

test('its code names no answer of the examples', () => {
  const banking = readFileSync(join(root, 'examples/banking77/prompts/router.md'), 'utf8');
  const intents = [...banking.matchAll(/^- (\w+):/gm)].map((found) => found[1]!);
  assert.equal(intents.length, 10);
  for (const file of readdirSync(folder)) {
    const words = new Set(
      readFileSync(join(folder, file), 'utf8')
        .match(/\w+/g)
        ?.map((word) => word.toLowerCase()),
    );
    for (const name of [...ROUTES, ...intents])
      assert.ok(!words.has(name.toLowerCase()), `${file} names ${name}`);
  }
});

test('it imports nothing of the project', () => {
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const [, from] of text.matchAll(/from '([^']+)'/g))
      assert.match(from!, /^(node:|\.\/)/, file);
  }
});

test('as a process it says when it is ready, logs each body as a line, and ends on SIGTERM', async (t) => {
  const temporary = mkdtempSync(join(tmpdir(), 'practice-'));
  t.after(() => rmSync(temporary, { recursive: true }));
  const log = join(temporary, 'bodies.jsonl');
  const child = spawn(process.execPath, [join(folder, 'main.ts')], {
    env: { ...process.env, PORT: '0', PRACTICE_LOG: log },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const exited = once(child, 'exit');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  const ready = JSON.parse(line) as { ready: boolean; role: string; port: number };
  assert.deepEqual([ready.ready, ready.role], [true, 'practice']);
  const response = await fetch(`http://127.0.0.1:${ready.port}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify(hello, null, 2),
  });
  assert.equal(response.status, 200);
  await response.text();
  const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
  assert.equal(lines.length, 1);
  assert.deepEqual((JSON.parse(lines[0]!) as { body: unknown }).body, hello);
  child.kill('SIGTERM');
  assert.deepEqual(await exited, [0, null]);
});
