import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { type RunningServer, TOKEN } from './http.ts';

const run = promisify(execFile);
const FIXTURES = path.join(import.meta.dirname, 'fixtures');
const PACKAGES = [
  'opentelemetry-sdk==1.45.2',
  'opentelemetry-exporter-otlp-proto-http==1.45.2',
  'mlflow-tracing==3.17.2',
];
const WITHIN_MS = 60_000;

/** The variables that point any OpenTelemetry SDK at a server. */
export const exporterEnvironment = (server: RunningServer): Record<string, string> => ({
  PATH: process.env['PATH'] ?? '',
  OTEL_EXPORTER_OTLP_ENDPOINT: server.url,
  OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${TOKEN}`,
});

type Env = Readonly<Record<string, string | undefined>>;

/** Runs a Python program of fixtures/ in a virtual environment with OpenTelemetry, made once a machine; gives its output as JSON. */
export async function runPython(script: string, env: Env = {}): Promise<unknown> {
  const { stdout } = await run(interpreter(), [path.join(FIXTURES, script)], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    timeout: WITHIN_MS,
  });
  return JSON.parse(stdout) as unknown;
}

/** Runs a Node program to its end. */
export async function runNode(file: string, env: Env): Promise<void> {
  await run(process.execPath, [path.join(FIXTURES, file)], { env, timeout: WITHIN_MS });
}

function interpreter(): string {
  const folder = path.join(tmpdir(), 'attune-opentelemetry');
  const binary = path.join(folder, 'bin', 'python');
  if (!existsSync(binary)) execFileSync('python3', ['-m', 'venv', folder]);
  execFileSync(binary, ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
  return binary;
}
