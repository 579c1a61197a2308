import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { spawn } from 'node:child_process';
import { isRecord } from '../../contracts/json.ts';
import { decodeRequest } from '../../server/otlp/protobuf.ts';

/**
 * Runs a program with a fake OpenAI-compatible model and a collector of OTLP behind it, and writes what it sent as one OTLP/JSON document:
 * `node scripts/spans/collect.ts OUT.json -- python program.py`. The model asks for the tool `hours` once, then says "At nine.".
 */
const [out = '', , command = '', ...rest] = process.argv.slice(2);
const collected: unknown[] = [];

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  return request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
}

const CALL = {
  id: 'call_1',
  type: 'function',
  function: { name: 'hours', arguments: '{"shop":"x"}' },
};
const USAGE = { prompt_tokens: 5, completion_tokens: 3, total_tokens: 8 };

function reply(bytes: Buffer, response: ServerResponse): void {
  const asked = JSON.parse(bytes.toString()) as {
    readonly messages: readonly { readonly role: string }[];
    readonly tools?: readonly unknown[];
    readonly stream?: boolean;
  };
  const calls = asked.tools !== undefined && !asked.messages.some(({ role }) => role === 'tool');
  const said = calls
    ? { role: 'assistant', content: null, tool_calls: [CALL] }
    : { role: 'assistant', content: 'At nine.' };
  const finish = calls ? 'tool_calls' : 'stop';
  const head = { id: 'chatcmpl-1', created: 1_796_080_748, model: 'm' };
  if (asked.stream !== true) {
    const choices = [{ index: 0, message: said, finish_reason: finish }];
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage: USAGE }));
    return;
  }
  const delta = calls ? { ...said, tool_calls: [{ index: 0, ...CALL }] } : said;
  response.setHeader('content-type', 'text/event-stream');
  for (const chunk of [
    { choices: [{ index: 0, delta, finish_reason: null }] },
    { choices: [{ index: 0, delta: {}, finish_reason: finish }] },
    { choices: [], usage: USAGE },
  ])
    response.write(
      `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', ...chunk })}\n\n`,
    );
  response.end('data: [DONE]\n\n');
}

const server = createServer((request, response) => {
  void bodyOf(request).then((bytes) => {
    if (request.url?.endsWith('/chat/completions') === true) return reply(bytes, response);
    if (request.url?.endsWith('/v1/traces') === true) {
      const isJson = request.headers['content-type']?.includes('json') === true;
      const sent: unknown = isJson ? JSON.parse(bytes.toString()) : decodeRequest(bytes);
      if (isRecord(sent)) collected.push(...(sent['resourceSpans'] as readonly unknown[]));
      response.setHeader('content-type', 'application/json');
    }
    return response.end('{}');
  });
});
server.listen(0, '127.0.0.1', () => {
  const base = `http://127.0.0.1:${(server.address() as { readonly port: number }).port}`;
  const program = spawn(command, rest, {
    stdio: 'inherit',
    env: {
      ...process.env,
      OPENAI_BASE_URL: `${base}/v1`,
      OPENAI_API_KEY: 'none',
      OTEL_EXPORTER_OTLP_ENDPOINT: base,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      LANGFUSE_HOST: base,
      LANGFUSE_BASE_URL: base,
      LANGFUSE_PUBLIC_KEY: 'pk-lf-none',
      LANGFUSE_SECRET_KEY: 'sk-lf-none',
    },
  });
  program.once('exit', (code) => {
    writeFileSync(out, `${JSON.stringify({ resourceSpans: collected }, null, 2)}\n`);
    process.exit(code ?? 1);
  });
});
