import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { answer as answerChat } from './chat.ts';
import { unit } from './hash.ts';
import { embed, readEmbedding } from './embedding.ts';
import { readChat, RequestError } from './request.ts';
import { createStats, type Received, type Stats } from './stats.ts';
import type { ToolCall } from './tools.ts';

export const MODELS = [
  'practice-agent',
  'practice-judge',
  'practice-reflector',
  'practice-embed',
] as const;

export type PracticeOptions = {
  /** Time that passes before each answer. */
  readonly latencyMs?: number;
  /** Told of each request before it is answered. */
  readonly log?: (request: Logged) => void;
};

/** A request as it came: when (milliseconds since the epoch), its Idempotency-Key, its body. */
export type Logged = { readonly at: number; readonly key: string | null; readonly body: string };

type Answer = {
  readonly json: object;
  readonly tokens: { readonly in: number; readonly out: number };
};

const LARGEST_BODY = 32 * 1024 * 1024;

/** The practice model as an OpenAI-compatible HTTP server; it sees only request bodies. */
export function createPracticeServer(options: PracticeOptions = {}): Server {
  const stats = createStats();
  const server = createServer((request, response) => {
    handle({ request, response, stats, options }).catch((error: unknown) => {
      if (!response.headersSent) fail(response, error instanceof RequestError ? 400 : 500, error);
      else response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  return server;
}

type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly stats: Stats;
  readonly options: PracticeOptions;
};

async function handle({ request, response, stats, options }: Exchange): Promise<void> {
  const path = (request.url ?? '').replace(/\?.*/, '').replace(/\/$/, '');
  if (request.method === 'GET') return look(path, { response, stats });
  const body = await bodyOf(request);
  if (!/\/(chat\/completions|embeddings)$/.test(path))
    return fail(response, 404, `no route ${path}`);
  const header = request.headers['idempotency-key'];
  const key = typeof header === 'string' ? header : undefined;
  options.log?.({ at: Date.now(), key: key ?? null, body });
  const read = readBody(path, body);
  if ('status' in read) {
    stats.refused();
    return fail(response, read.status, read.error);
  }
  const received = { path, body, key, ...read.about };
  await serve({
    received,
    answer: read.answer,
    response,
    stats,
    latencyMs: options.latencyMs ?? 0,
  });
}

type Serving = {
  readonly received: Received;
  readonly answer: () => Answer;
  readonly response: ServerResponse;
  readonly stats: Stats;
  readonly latencyMs: number;
};

async function serve({ received, answer, response, stats, latencyMs }: Serving): Promise<void> {
  stats.began(received);
  let gone = false;
  response.on('close', () => {
    gone = true;
    if (!response.writableFinished) stats.left();
  });
  if (latencyMs > 0) await delay(latencyMs);
  if (gone) return;
  const { json, tokens } = answer();
  response.on('finish', () => stats.answered(received, tokens));
  send(response, 200, json);
}

type Readable = {
  readonly about: { readonly model: string; readonly inputs: number };
  readonly answer: () => Answer;
};

/** What a body asks for, or the status and words of its refusal. */
function readBody(
  path: string,
  body: string,
): Readable | { readonly status: number; readonly error: unknown } {
  try {
    const json = parse(body);
    return known(path.endsWith('embeddings') ? embedding(json) : chat(json, body));
  } catch (error) {
    if (error instanceof UnknownModelError) return { status: 404, error };
    if (error instanceof RequestError) return { status: 400, error };
    throw error;
  }
}

function chat(json: unknown, body: string): Readable {
  const request = readChat(json);
  return {
    about: { model: request.model, inputs: 0 },
    answer: () => {
      const { content, call } = answerChat(request);
      const calls = call === null ? [] : [functionCall(call, body)];
      const out = content.length + (call === null ? 0 : JSON.stringify(calls).length);
      const tokens = { in: Math.ceil(body.length / 4), out: Math.ceil(out / 4) };
      const message = { role: 'assistant', content, ...(call !== null && { tool_calls: calls }) };
      return {
        tokens,
        json: {
          id: 'practice',
          object: 'chat.completion',
          created: 0,
          model: request.model,
          choices: [{ index: 0, finish_reason: call === null ? 'stop' : 'tool_calls', message }],
          usage: usageOf(tokens),
        },
      };
    },
  };
}

const functionCall = (call: ToolCall, body: string) => ({
  id: `call_${unit(body, call.name).toString(36).slice(2, 12)}`,
  type: 'function',
  function: { name: call.name, arguments: JSON.stringify(call.arguments) },
});

function embedding(json: unknown): Readable {
  const { model, texts, dimension, base64 } = readEmbedding(json);
  return {
    about: { model, inputs: texts.length },
    answer: () => {
      const tokens = {
        in: texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0),
        out: 0,
      };
      const data = texts.map((text, index) => {
        const vector = embed(text, dimension);
        const encoded = base64 ? Buffer.from(vector.buffer).toString('base64') : [...vector];
        return { object: 'embedding', index, embedding: encoded };
      });
      return { tokens, json: { object: 'list', model, data, usage: usageOf(tokens) } };
    },
  };
}

const usageOf = (tokens: { readonly in: number; readonly out: number }) => ({
  prompt_tokens: tokens.in,
  completion_tokens: tokens.out,
  total_tokens: tokens.in + tokens.out,
});

class UnknownModelError extends Error {
  override readonly name = 'UnknownModelError';
}

function known(readable: Readable): Readable {
  const { model } = readable.about;
  if (MODELS.some((name) => name === model)) return readable;
  throw new UnknownModelError(
    `The model \`${model}\` does not exist. There are: ${MODELS.join(', ')}.`,
  );
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new RequestError('the body is not JSON');
  }
}

function look(
  path: string,
  { response, stats }: { readonly response: ServerResponse; readonly stats: Stats },
): void {
  if (path === '/stats') return send(response, 200, stats.report());
  if (!path.endsWith('/models')) return fail(response, 404, `no route ${path}`);
  send(response, 200, { object: 'list', data: MODELS.map((id) => ({ id, object: 'model' })) });
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) throw new RequestError('the body is larger than 32 MB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, json: object): void {
  const body = JSON.stringify(json);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

function fail(response: ServerResponse, status: number, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  const code = status === 404 ? 'model_not_found' : status === 400 ? 'invalid_request' : 'internal';
  send(response, status, { error: { message, type: 'invalid_request_error', code, param: null } });
}
