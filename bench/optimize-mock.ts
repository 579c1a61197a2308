import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../stack/ports.ts';

const run = promisify(execFile);

export type MockStats = {
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

type Gepa = {
  readonly tools: string;
  readonly folder: string;
  readonly port: number;
  readonly latencyMs: number;
  readonly budget: number;
};

/** gepa 0.1.4 from PyPI in an environment of its own. */
export async function installGepa(folder: string): Promise<string> {
  const venv = join(folder, 'venv');
  await run('python3', ['-m', 'venv', venv]);
  await run(join(venv, 'bin', 'pip'), ['install', '--quiet', 'gepa==0.1.4']);
  return join(venv, 'bin', 'python');
}

/** One run of the peer harness; options are its own. */
export async function runGepa(
  python: string,
  gepa: Gepa,
  options: readonly string[],
): Promise<Record<string, unknown>> {
  const place = join(gepa.folder, 'gepa');
  mkdirSync(place, { recursive: true });
  for (const file of ['g_gepa.py', 'common.py'])
    copyFileSync(join(gepa.tools, 'peers', file), join(place, file));
  const given = ['--port', gepa.port, '--latency', gepa.latencyMs, '--budget', gepa.budget];
  const { stdout } = await run(python, ['g_gepa.py', ...given.map(String), ...options], {
    cwd: place,
    maxBuffer: 1e8,
  });
  const line = stdout.split('\n').find((text) => text.startsWith('RESULT '));
  if (line === undefined) throw new Error(`g_gepa.py printed no result: ${stdout.slice(-500)}`);
  return JSON.parse(line.slice('RESULT '.length)) as Record<string, unknown>;
}
