import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { resetStack } from '../../stack/index.ts';
import { openToOthers } from '../../stack/postgres/account.ts';
import { findPostgres } from '../../stack/postgres/binaries.ts';
import { initialisePostgres } from '../../stack/postgres/initialise.ts';
import { outsideOf, placePostgres } from '../../stack/postgres/place.ts';

const root = process.getuid?.() === 0;

test(
  'as root below a 0700 folder, programs and data move to where `postgres` can go',
  { skip: !root && 'needs root' },
  async (t) => {
    const clone = mkdtempSync(join(tmpdir(), 'attune-closed-'));
    const binaries = findPostgres();
    cpSync(binaries.home, join(clone, 'native'), { recursive: true, verbatimSymlinks: true });
    const dataDir = join(clone, '.attune');
    mkdirSync(dataDir);
    const closed = { ...binaries, home: join(clone, 'native') };
    const place = placePostgres(dataDir, clone, closed);
    t.after(() => {
      rmSync(join(place.data, '..'), { recursive: true, force: true });
      rmSync(clone, { recursive: true, force: true });
    });
    assert.match(place.home, /^\/var\/lib\/attune\/[0-9a-f]{16}\/postgres-/);
    assert.match(place.data, /^\/var\/lib\/attune\/[0-9a-f]{16}\/data-/);
    assert.ok(openToOthers(place.home));
    assert.deepEqual(
      placePostgres(dataDir, clone, closed),
      place,
      'the pointer leads back to the same data',
    );
    await assert.rejects(
      initialisePostgres({ ...place, home: clone }, 'a-password-of-a-test'),
      /initdb failed/,
    );
    assert.equal(existsSync(`${place.data}.building`), false, 'a failed attempt leaves nothing');
    await initialisePostgres(place, 'a-password-of-a-test');
    assert.ok(existsSync(join(place.data, 'PG_VERSION')));
    assert.equal(statSync(place.data).uid, place.account?.uid);
    assert.equal(existsSync(`${place.data}.password`), false);
  },
);

test(
  'where `postgres` can go, the data stays in the data folder',
  { skip: !root && 'needs root' },
  (t) => {
    const open = mkdtempSync('/var/tmp/attune-open-');
    t.after(() => rmSync(open, { recursive: true, force: true }));
    mkdirSync(join(open, 'sub'));
    assert.equal(openToOthers(join(open, 'sub')), false, 'mkdtemp folders are 0700');
    const shared = join(open, '..', `${open.split('/').at(-1)}-shared`);
    mkdirSync(shared);
    t.after(() => rmSync(shared, { recursive: true, force: true }));
    assert.equal(placePostgres(shared, open).data, join(shared, 'postgres'));
  },
);

test(
  'a reset takes the data outside with it, and the programs with the last data folder of the clone',
  { skip: !root && 'needs root' },
  async (t) => {
    const clone = mkdtempSync(join(tmpdir(), 'attune-closed-'));
    const home = outsideOf(clone);
    t.after(() => [clone, home].forEach((path) => rmSync(path, { recursive: true, force: true })));
    const [own, other] = [join(clone, '.attune'), join(mkdtempSync(join(clone, 'other-')), 'data')];
    for (const dataDir of [own, other]) {
      mkdirSync(dataDir);
      mkdirSync(placePostgres(dataDir, clone).data, { recursive: true });
    }
    mkdirSync(join(home, 'postgres-of-a-test'));
    await resetStack(own);
    assert.equal(readdirSync(home).length, 2, 'the other data folder is still there');
    mkdirSync(own);
    mkdirSync(placePostgres(own, clone).data, { recursive: true });
    await resetStack(other);
    await resetStack(own);
    assert.equal(existsSync(home), false);
    assert.deepEqual([existsSync(own), existsSync(other)], [false, false]);
  },
);
