import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { Json, JsonObject } from '../../contracts/json.ts';
import type { Provider } from '../../llm/client.ts';
import { AuthenticationError } from '../../llm/errors.ts';
import { asks, draw, modelAt } from './model-under-test.ts';

/** A provider with an interface of its own: what another folder beside llm/openai/ would export. */
const messagesApi: Provider = ({ endpoint, apiKey }) => ({
  identify: (request) => ({ api: 'messages', ...(request as unknown as JsonObject) }),
  async chat({ request, key, signal }) {
    const [system, ...messages] = request.messages;
    const reply = await fetch(`${endpoint}/messages`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'x-idempotency': key },
      body: JSON.stringify({ model: request.model, system: system?.content, messages }),
      signal,
    });
    const body = (await reply.json()) as { content: { text: string }[]; usage: number[] };
    if (reply.status === 401)
      throw new AuthenticationError({ endpoint, model: request.model, detail: 'no' });
    return {
      answer: { text: body.content[0]!.text, toolCalls: [], finishReason: 'stop' },
      usage: { inputTokens: body.usage[0]!, cachedTokens: 0, outputTokens: body.usage[1]! },
      latencyMs: 1,
    };
  },
  embed: () => Promise.reject(new Error('not in this test')),
});

const read = (json: Json) => (json as { value: boolean }).value;

test('another provider is a client of its own: ledger, limits, retries and readings stay as they are', async (t) => {
  const seen: { path: string; key: unknown; body: JsonObject }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as JsonObject;
      seen.push({ path: request.url!, key: request.headers['x-api-key'], body });
      response.end(JSON.stringify({ content: [{ text: '{"value": true}' }], usage: [7, 3] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const model = modelAt(`http://127.0.0.1:${port}`, { provider: messagesApi });
  const messages = [
    { role: 'system', content: 'Judge.' },
    { role: 'user', content: 'right?' },
  ] as const;
  const ask = () => model.structured({ ...asks(''), messages }, draw('a'), read);
  assert.equal((await ask()).value, true);
  const again = await ask();
  assert.deepEqual(
    [again.completion.fromLedger, again.completion.usage.outputTokens, seen.length],
    [true, 3, 1],
  );
  assert.deepEqual([seen[0]!.path, seen[0]!.body['system']], ['/messages', 'Judge.']);
});
