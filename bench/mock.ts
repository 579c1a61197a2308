import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../stack/ports.ts';

type MockStats = {
  readonly requests: number;
  readonly unique: number;
  readonly duplicates: number;
  readonly keyRepeats: number;
  readonly current: number;
  readonly peak: number;
  readonly meanConcurrency: number;
  readonly tokensIn: number;
  /** By `chat:` or `emb:` and the model; inputs are texts to embed. */
  readonly byKind: Readonly<Record<string, { readonly requests: number; readonly inputs: number }>>;
};
export type Mock = {
  readonly port: number;
  readonly reset: () => Promise<void>;
  readonly stats: () => Promise<MockStats>;
  readonly end: () => Promise<void>;
};

/** The mock model server of the peers, at a fixed latency. */
export async function startMock(tools: string, latencyMs: number): Promise<Mock> {
  const port = await freePort();
  const args = [join(tools, 'mock_openai.mjs'), '--port', String(port)];
  const child: ChildProcess = spawn(
    process.execPath,
    [...args, '--latency-ms', String(latencyMs)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await once(child.stdout!, 'data');
  const url = `http://127.0.0.1:${port}`;
  return {
    port,
    reset: async () => void (await fetch(`${url}/reset`, { method: 'POST' })),
    stats: async () => (await (await fetch(`${url}/stats`)).json()) as MockStats,
    async end() {
      const gone = once(child, 'exit');
      child.kill();
      await gone;
    },
  };
}
