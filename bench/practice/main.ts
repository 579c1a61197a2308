import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Completion, CompletionRequest } from '../../contracts/model.ts';

const ready = z.object({ ready: z.literal(true), port: z.int().positive() });
const reply = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
});

/** The practice model as a process of its own on a free port; `base` is its OpenAI base URL. */
export type Practice = { readonly base: string; readonly end: () => Promise<void> };

/** Starts the practice model and waits for the line that names its port. Throws when it ends before. */
export async function startPractice(): Promise<Practice> {
  const main = fileURLToPath(new URL('../../practice/main.ts', import.meta.url));
  const child = spawn(process.execPath, [main], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const { port } = ready.parse(JSON.parse(line));
    const end = async (): Promise<void> => {
      child.kill('SIGTERM');
      await exited;
    };
    return { base: `http://127.0.0.1:${port}/v1`, end };
  }
  throw new Error('the practice model ended before it was ready; run practice/main.ts to see why');
}

/** One chat completion of the practice agent with a given seed. */
export async function complete(
  { messages }: Pick<CompletionRequest, 'messages'>,
  { base, seed }: { readonly base: string; readonly seed: number },
): Promise<Completion> {
  const started = performance.now();
  const response = await fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'practice-agent', messages, seed }),
  });
  if (!response.ok) throw new Error(`the practice model answered ${response.status}`);
  const { choices } = reply.parse(await response.json());
  return {
    text: choices[0]!.message.content,
    toolCalls: [],
    finishReason: 'stop',
    usage: { inputTokens: 0, cachedTokens: 0, outputTokens: 0 },
    price: 0,
    latencyMs: performance.now() - started,
    fromLedger: false,
  };
}
