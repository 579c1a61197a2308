import { gzipSync } from 'node:zlib';
import { type RunningServer, TOKEN } from './http.ts';

export const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** A span in OTLP/JSON; `id` is one hex digit written sixteen times. */
export const span = (id: string, changes: object = {}): object => ({
  traceId: TRACE,
  spanId: id.repeat(16),
  name: `span ${id}`,
  kind: 1,
  startTimeUnixNano: '1700000000000000000',
  endTimeUnixNano: '1700000000250000000',
  ...changes,
});

export const attribute = (key: string, stringValue: string): object => ({
  key,
  value: { stringValue },
});

export const request = (...spans: readonly unknown[]): object => ({
  resourceSpans: [
    { resource: { attributes: [attribute('service.name', 'test')] }, scopeSpans: [{ spans }] },
  ],
});

export type Posting = {
  readonly type?: string;
  readonly gzip?: boolean;
  readonly token?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
};

export type Posted = {
  readonly status: number;
  readonly type: string;
  readonly bytes: Buffer;
  readonly json: () => unknown;
  readonly headers: Headers;
};

/** One export request to a server. */
export async function post(
  server: Pick<RunningServer, 'url'>,
  body: object | string | Buffer,
  { type = 'application/json', gzip = false, token = TOKEN, headers = {} }: Posting = {},
): Promise<Posted> {
  const raw = Buffer.isBuffer(body)
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const response = await fetch(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: {
      'content-type': type,
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(gzip && { 'content-encoding': 'gzip' }),
      ...headers,
    },
    body: new Uint8Array(gzip ? gzipSync(raw) : raw),
  });
  const bytes = Buffer.from(await response.arrayBuffer());
  return {
    status: response.status,
    type: response.headers.get('content-type') ?? '',
    bytes,
    json: () => JSON.parse(bytes.toString()) as unknown,
    headers: response.headers,
  };
}
