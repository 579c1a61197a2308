import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What goes wrong at the server; changed while it runs. */
export type Trouble = {
  /** Contents with this text always get 500. */
  poison: string | null;
  /** The nth request gets this status, where it says one. */
  status: (n: number) => number | null;
  latencyMs: number;
  /** Every answer waits for this. */
  held: Promise<void> | null;
};

type Asked = { readonly body: string; readonly status: number | null };

/** An OpenAI-compatible judge: true where the outputs under judgement say `good`; and an agent. It counts what it was asked and what it answered. */
export async function startVerdictServer() {
  const trouble: Trouble = { poison: null, status: () => null, latencyMs: 0, held: null };
  const seen = { requests: 0, answered: new Map<string, number>() };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const n = seen.requests;
      seen.requests += 1;
      const poisoned = trouble.poison !== null && body.includes(trouble.poison);
      void answerTo({ body, status: poisoned ? 500 : trouble.status(n) }, response);
    });
  });
  async function answerTo({ body, status }: Asked, response: ServerResponse): Promise<void> {
    await Promise.all([sleep(trouble.latencyMs), trouble.held]);
    if (status !== null) {
      const headers = { 'content-type': 'application/json', 'retry-after-ms': '20' };
      response.writeHead(status, headers);
      response.end(JSON.stringify({ error: { message: `trouble ${status}` } }));
      return;
    }
    const key = createHash('sha256').update(body).digest('hex');
    seen.answered.set(key, (seen.answered.get(key) ?? 0) + 1);
    const content = /<outputs>/.test(body) ? verdict(body) : answer(body);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(completion(content)));
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}/v1`,
    trouble,
    seen,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

const verdict = (body: string): string => {
  const outputs = /<outputs>.*<\/outputs>/s.exec(body)?.[0] ?? '';
  return JSON.stringify({ rationale: 'by its word', value: /good/.test(outputs) });
};

/** As the agent: good, but for the numbers of messages that its prompt lists after `bad:`. */
const answer = (body: string): string => {
  const [, number = ''] = /message (\d+) /.exec(body) ?? [];
  const [, listed = ''] = /bad: ([\d ]+)/.exec(body) ?? [];
  return listed.trim().split(' ').includes(number) ? 'bad' : 'good';
};

const completion = (content: string) => ({
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
});
