import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { chmod, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Outcome, runProgram } from '../run.ts';
import type { Wheel } from './wheels.ts';

const FIRST_ANSWER_MS = 8_000;
const WHOLE_MS = 180_000;
const ARCHIVE = 'https://temporal.download/cli/archive';
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };
const PLATFORMS: Readonly<Record<string, string>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
};

/**
 * Fetches the CLI from Temporal's own download address and puts it at `target`. No checksum is published beside these archives: the
 * transport alone vouches for them, which is why the pinned wheel goes first. Gives up after 8 s without an answer.
 */
export async function downloadOfficial(
  cli: Pick<Wheel, 'program' | 'version'>,
  target: string,
  signal?: AbortSignal,
): Promise<Outcome> {
  const [platform, arch] = [PLATFORMS[process.platform], ARCHITECTURES[process.arch]];
  if (platform === undefined || arch === undefined)
    return { ok: false, output: `no build for ${process.platform}-${process.arch}` };
  const folder = `${dirname(target)}.${process.pid}-${randomBytes(3).toString('hex')}`;
  await mkdir(folder, { recursive: true });
  const archive = join(folder, 'archive');
  try {
    await save(`${ARCHIVE}/v${cli.version}?platform=${platform}&arch=${arch}`, archive, signal);
    const unpacked = await runProgram('tar', ['-xf', archive, '-C', folder], { timeoutMs: 60_000 });
    if (!unpacked.ok) return unpacked;
    await chmod(join(folder, cli.program), 0o755);
    await mkdir(dirname(target), { recursive: true });
    await rename(join(folder, cli.program), target);
    return { ok: true, output: target };
  } catch (error) {
    return { ok: false, output: (error as Error).message };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function save(url: string, file: string, stop?: AbortSignal): Promise<void> {
  const slow = new AbortController();
  const timer = setTimeout(() => slow.abort(), FIRST_ANSWER_MS);
  try {
    const signal = AbortSignal.any([
      slow.signal,
      AbortSignal.timeout(WHOLE_MS),
      ...(stop ? [stop] : []),
    ]);
    const response = await fetch(url, { signal });
    clearTimeout(timer);
    if (!response.ok || !response.body) throw new Error(`answered ${response.status}`);
    await pipeline(Readable.fromWeb(response.body), createWriteStream(file));
  } catch (error) {
    throw new Error(`could not be fetched (${(error as Error).message})`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
