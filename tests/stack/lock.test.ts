import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { StackRunningError, identify } from '../../stack/index.ts';
import { layoutOf } from '../../stack/layout.ts';
import { lockHolder, takeLock } from '../../stack/lock.ts';

test('a lock is held once, taken over from the dead, and given back', (t) => {
  const layout = layoutOf(mkdtempSync(join(tmpdir(), 'attune-lock-')));
  t.after(() => rmSync(layout.dataDir, { recursive: true }));
  const me = identify(process.pid);
  assert.ok(me);
  const first = takeLock(layout);
  assert.deepEqual(lockHolder(layout), me);
  assert.throws(
    () => takeLock(layout),
    (error: unknown) => {
      assert.ok(error instanceof StackRunningError);
      assert.equal(error.pid, process.pid);
      assert.match(error.message, /attune stop/);
      return true;
    },
  );
  first.release();
  const dead = { pid: 2 ** 22 + 1, started: me.started };
  const reused = { pid: me.pid, started: me.started.replace(/^\d+/, '1') };
  for (const stale of [JSON.stringify(dead), JSON.stringify(reused), '{"torn', '']) {
    writeFileSync(layout.lock, stale);
    const taken = takeLock(layout);
    assert.deepEqual(lockHolder(layout), me, `taken over from ${stale}`);
    taken.release();
  }
  assert.deepEqual(readdirSync(layout.dataDir), []);
});
