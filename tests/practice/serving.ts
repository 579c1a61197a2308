import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { createPracticeServer, type PracticeOptions } from '../../practice/server.ts';

export type ChatReply = {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
};

/** The practice model on a free port, closed after the test. */
export async function serving(t: TestContext, options: PracticeOptions = {}) {
  const server = createPracticeServer(options);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const base = `http://127.0.0.1:${port}`;
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${base}/v1${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const say = async (body: object): Promise<string> => {
    const response = await post('/chat/completions', { model: 'practice-agent', ...body });
    const reply = (await response.json()) as ChatReply;
    return reply.choices[0]!.message.content;
  };
  return { base, post, say };
}
