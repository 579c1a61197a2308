import { Agent, request } from 'undici';
import type { HeaderOf } from '../retry.ts';

export type HttpReply = {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly header: HeaderOf;
};

export type Post = (
  path: string,
  body: object,
  call: { readonly signal: AbortSignal; readonly headers: Readonly<Record<string, string>> },
) => Promise<HttpReply>;

/** The limiter is what bounds calls; this only keeps a mistake from opening sockets without end. */
const MOST_CONNECTIONS = 2_048;

/** Posts JSON below an address, whose query goes along; replies are read whole and redirects are not followed. */
export function createPost({
  endpoint,
  apiKey,
}: {
  readonly endpoint: string;
  readonly apiKey: string;
}): Post {
  // Its own timeouts are off: the caller's signal bounds an attempt.
  const dispatcher = new Agent({
    connections: MOST_CONNECTIONS,
    pipelining: 1,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const own = {
    'content-type': 'application/json',
    accept: 'application/json',
    ...credentials(endpoint, apiKey),
  };
  return async (path, body, { signal, headers }) => {
    const reply = await request(addressOf(endpoint, path), {
      dispatcher,
      method: 'POST',
      headers: { ...own, ...headers },
      body: JSON.stringify(body),
      signal,
    });
    const header = (name: string): string | null => {
      const value = reply.headers[name];
      return value === undefined ? null : String(value);
    };
    return {
      status: reply.statusCode,
      type: header('content-type') ?? '',
      text: await reply.body.text(),
      header,
    };
  };
}

/** Deployments of Azure are asked for with `?api-version=` behind the path. */
function addressOf(endpoint: string, path: string): string {
  const url = new URL(endpoint);
  url.username = '';
  url.password = '';
  url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
  return url.href;
}

function credentials(endpoint: string, apiKey: string): Record<string, string> {
  const url = new URL(endpoint);
  if (url.username !== '')
    return {
      authorization: `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString('base64')}`,
    };
  const key = apiKey || 'none';
  const azure = /\.azure\.(com|us|cn)$/.test(url.hostname);
  return { authorization: `Bearer ${key}`, ...(azure ? { 'api-key': key } : {}) };
}
