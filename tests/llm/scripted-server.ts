import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export type Seen = {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: IncomingMessage['headers'];
  readonly at: number;
};

/** What a scripted server does with one request. */
export type Step = (response: ServerResponse, seen: Seen) => void;

/** An OpenAI-compatible server that plays a script, one step a request; a request beyond it gets 501 and fails the test. */
export async function scriptedServer(t: TestContext, script: readonly Step[]) {
  const seen: Seen[] = [];
  let beyond = 0;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Seen['body'];
      const step = script[seen.length];
      const entry = { path: request.url ?? '', body, headers: request.headers, at: Date.now() };
      seen.push(entry);
      if (step) return step(response, entry);
      beyond++;
      fails(501, { message: 'the script has run out' })(response, entry);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
    if (beyond > 0) throw new Error(`${beyond} requests more than the script has`);
  });
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}/v1`, seen };
}

export const says =
  (content: string, more: { readonly finish?: string; readonly refusal?: string } = {}): Step =>
  (response) =>
    sendJson(response, 200, {
      choices: [
        {
          index: 0,
          finish_reason: more.finish ?? 'stop',
          message: { role: 'assistant', content, refusal: more.refusal ?? null },
        },
      ],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 5,
        total_tokens: 15,
        prompt_tokens_details: { cached_tokens: 4 },
      },
    });

export const fails =
  (
    status: number,
    error: { readonly message: string; readonly code?: string; readonly type?: string },
    headers: Readonly<Record<string, string>> = {},
  ): Step =>
  (response) =>
    sendJson(response, status, { error }, headers);

export const sendsText =
  (body: string, type = 'application/json'): Step =>
  (response) => {
    response.writeHead(200, { 'content-type': type });
    response.end(body);
  };

export const resets: Step = (response) => response.socket?.resetAndDestroy();

export const after =
  (ms: number, step: Step): Step =>
  (response, seen) =>
    void setTimeout(() => step(response, seen), ms);

export function sendJson(
  response: ServerResponse,
  status: number,
  json: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(json));
}
