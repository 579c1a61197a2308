import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Body = Readonly<Record<string, unknown>> & { readonly model: string };
export type Reply = {
  readonly status: number;
  readonly body?: unknown;
  /** In the place of a body. */
  readonly raw?: string;
  readonly type?: string;
  readonly headers?: Readonly<Record<string, string>>;
};
/** What a model of the server does with the n-th request for it. */
export type Behaviour = (body: Body, n: number) => Reply;

export const J = (value: unknown): string => JSON.stringify(value);
export const verdict = (value: unknown = true, rationale = 'fine'): string =>
  J({ rationale, value });

export const refuses = (status: number, message: string, more: object = {}): Reply => ({
  status,
  body: { error: { message, type: 'invalid_request_error', ...more } },
});

export const says = (
  content: unknown,
  { choice = {}, message = {}, usage }: { choice?: object; message?: object; usage?: unknown } = {},
): Reply => ({
  status: 200,
  body: {
    id: 'c',
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        message: { role: 'assistant', content, ...message },
        ...choice,
      },
    ],
    usage:
      usage === undefined
        ? { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 }
        : usage,
  },
});

export type Impolite = {
  readonly endpoint: string;
  /** Requests for chat replies, in order. */
  readonly seen: readonly { readonly body: Body; readonly status: number }[];
  readonly of: (model: string) => readonly { readonly body: Body; readonly status: number }[];
  readonly close: () => void;
};

/** An OpenAI-compatible server whose models each have a behaviour of their own; one without is refused loudly. */
export async function impoliteServer(
  behaviours: Readonly<Record<string, Behaviour>>,
  embeds: Behaviour = vectors,
): Promise<Impolite> {
  const seen: { body: Body; status: number }[] = [];
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Body;
      const count = (counts.get(body.model) ?? 0) + 1;
      counts.set(body.model, count);
      const embedding = request.url?.endsWith('/embeddings') ?? false;
      const behaviour = embedding ? embeds : behaviours[body.model];
      const reply = behaviour?.(body, count) ?? {
        status: 501,
        body: { error: `no model ${body.model}` },
      };
      if (!embedding) seen.push({ body, status: reply.status });
      response.writeHead(reply.status, {
        'content-type': reply.type ?? 'application/json',
        ...reply.headers,
      });
      response.end(reply.raw ?? J(reply.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}/v1`,
    seen,
    of: (model) => seen.filter(({ body }) => body.model === model),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

const vectors: Behaviour = ({ input }) => ({
  status: 200,
  body: {
    data: [input]
      .flat()
      .map((text, index) => ({ index, embedding: [1, String(text).length % 7, 2] })),
    usage: { prompt_tokens: 5, total_tokens: 5 },
  },
});
