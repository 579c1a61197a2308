import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openingLink } from '../../client/running/addresses.ts';

const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));

export const TOKEN = 'a-token-for-tests-only';

export type RunningServer = {
  readonly url: string;
  readonly pid: number;
  /** SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>;
};

export type ServerEnd = { readonly code: number | null; readonly err: string };

const start = (env: Readonly<Record<string, string>>) =>
  spawn(process.execPath, [main], {
    env: { PATH: process.env['PATH'] ?? '', ATTUNE_TOKEN: TOKEN, ATTUNE_PROJECT: 'test', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });

/** The server as a process of its own, ready for requests. */
export async function startServer(env: Readonly<Record<string, string>>): Promise<RunningServer> {
  const child = start(env);
  child.stderr.pipe(process.stderr);
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const line = await Promise.race([
    once(createInterface(child.stdout), 'line') as Promise<[string]>,
    ended.then(([code]) => {
      throw new Error(`the server ended with ${code} before it was ready`);
    }),
  ]);
  const { port } = JSON.parse(line[0]) as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGTERM');
      return (await ended)[0];
    },
  };
}

/** A server that is expected not to come up. */
export async function failServer(env: Readonly<Record<string, string>>): Promise<ServerEnd> {
  const child = start(env);
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, err };
}

const cookies = new Map<string, Promise<string>>();

/** The cookie of who opened the console of this server by a one-time link. */
export function ownerCookie({ url }: Pick<RunningServer, 'url'>, token = TOKEN): Promise<string> {
  const found = cookies.get(url) ?? signIn(openingLink({ url, token }));
  cookies.set(url, found);
  return found;
}

async function signIn(link: string): Promise<string> {
  const answer = await fetch(link, { redirect: 'manual' });
  const [cookie] = answer.headers.getSetCookie();
  if (answer.status !== 303 || cookie === undefined) throw new Error(`no cookie from ${link}`);
  return cookie.split(';')[0]!;
}

/** A request of the signed-in owner for a page, or from one. */
export async function asOwner(
  server: Pick<RunningServer, 'url'>,
  path: string,
  {
    headers = {},
    ...init
  }: Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> } = {},
): Promise<Response> {
  const cookie = await ownerCookie(server);
  return fetch(`${server.url}${path}`, { ...init, headers: { cookie, ...headers } });
}

export type Answer = { readonly status: number; readonly body: unknown };
export type Send = {
  readonly token?: string | null;
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly raw?: string;
  readonly type?: string;
};

/** One request; a body makes it a POST. */
export async function send(
  url: string,
  { token = TOKEN, body, raw, type }: Send = {},
): Promise<Answer> {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await fetch(url, {
    method: content === undefined ? 'GET' : 'POST',
    headers: {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      'content-type': type ?? 'application/json',
    },
    ...(content !== undefined && { body: content }),
  });
  return { status: response.status, body: await response.json() };
}
