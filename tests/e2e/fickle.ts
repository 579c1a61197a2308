import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createPracticeServer } from '../../practice/server.ts';

/** How a model fails: `answers` passes everything on to the practice model. */
export type Mood = 'answers' | 'storm' | 'wrong key' | 'hangs up' | 'prose';

export type Fickle = {
  readonly endpoint: string;
  /** Requests since the last change of mood. */
  readonly asked: () => number;
  be(mood: Mood): void;
  close(): void;
};

/** Requests of a storm that get 429: from the third on, so that some meet the preflight and most a batch. */
const STORM = { from: 3, to: 60 };
const RETRY_AFTER_MS = 60;
/** The question of every judge; only its reply is turned into prose. */
const JUDGES = /"schema"/;

/** A model server between the workers and the practice model, which fails as it is told. */
export async function fickleModel(): Promise<Fickle> {
  const practice = createPracticeServer();
  const behind = await listening(practice);
  let mood: Mood = 'answers';
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    void bodyOf(request).then((body) => {
      if (mood === 'wrong key') return fail(response, 401, 'Incorrect API key provided');
      if (mood === 'hangs up') return request.socket.destroy();
      if (mood === 'storm' && asked >= STORM.from && asked <= STORM.to)
        return fail(response, 429, 'slow down');
      const prose = mood === 'prose' && JUDGES.test(body);
      return prose ? say(response, 'I think that this route is fine.') : pass(request, response);

      async function pass(from: IncomingMessage, to: ServerResponse): Promise<void> {
        const reply = await fetch(`http://127.0.0.1:${behind}${from.url}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        to.writeHead(reply.status, { 'content-type': 'application/json' });
        to.end(await reply.text());
      }
    });
  });
  const port = await listening(server);
  return {
    endpoint: `http://127.0.0.1:${port}/v1`,
    asked: () => asked,
    be(next) {
      mood = next;
      asked = 0;
    },
    close() {
      for (const each of [server, practice]) {
        each.close();
        each.closeAllConnections();
      }
    },
  };
}

async function listening(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function fail(response: ServerResponse, status: number, message: string): void {
  const after = status === 429 ? { 'retry-after-ms': String(RETRY_AFTER_MS) } : {};
  response.writeHead(status, { 'content-type': 'application/json', ...after });
  response.end(JSON.stringify({ error: { message } }));
}

function say(response: ServerResponse, content: string): void {
  const message = { role: 'assistant', content };
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  const choices = [{ index: 0, finish_reason: 'stop', message }];
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ id: 'prose', object: 'chat.completion', choices, usage }));
}
