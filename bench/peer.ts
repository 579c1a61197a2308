import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MOST_OUTPUT = 1e8;

/** The interpreter of an environment of its own in `folder` with these packages of PyPI; one that is there is made use of. */
export async function pythonWith(folder: string, packages: readonly string[]): Promise<string> {
  const python = join(folder, 'bin', 'python');
  if (!existsSync(python)) await run('python3', ['-m', 'venv', folder]);
  const install = ['-m', 'pip', 'install', '--quiet', ...packages];
  await run(python, install, { maxBuffer: MOST_OUTPUT });
  return python;
}

export type Harness = {
  readonly python: string;
  /** Folder of the shared tools, whose `peers` holds the scripts. */
  readonly tools: string;
  readonly script: string;
  /** Where it runs, and leaves what it writes. */
  readonly place: string;
  /** Options by name. */
  readonly options: Readonly<Record<string, string | number>>;
  readonly env?: NodeJS.ProcessEnv;
};

const RESULT = 'RESULT ';

/** What a script of the peers reports: one object or more. @throws with its last words where it reports none */
export async function reportsOf(harness: Harness): Promise<readonly unknown[]> {
  const { python, tools, script, place, options, env } = harness;
  mkdirSync(place, { recursive: true });
  for (const file of [script, 'common.py'])
    copyFileSync(join(tools, 'peers', file), join(place, file));
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { stdout } = await run(python, [script, ...args], {
    cwd: place,
    maxBuffer: MOST_OUTPUT,
    env: { ...process.env, ...env },
  });
  const lines = stdout.split('\n').filter((text) => text.startsWith(RESULT));
  if (lines.length === 0) throw new Error(`${script} printed no result: ${stdout.slice(-500)}`);
  return lines.map((text): unknown => JSON.parse(text.slice(RESULT.length)));
}

export const MLFLOW = ['mlflow==3.17.2', 'openai==2.54.0', 'litellm==1.106.2'] as const;

/** Its default connection pool starves itself on SQLite (shared/peers.md, finding 1). */
export const MLFLOW_POOL = {
  MLFLOW_SQLALCHEMYSTORE_POOL_SIZE: '200',
  MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW: '200',
};
