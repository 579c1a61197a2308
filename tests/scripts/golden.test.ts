import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const path = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const SHIPPED = path('../domain/optimize/fixtures/s01_basic.json');
const folder = mkdtempSync(join(tmpdir(), 'attune-golden-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function golden(...files: readonly string[]) {
  const env = { ...process.env, INIT_CWD: folder };
  const args = [path('../../scripts/golden.ts'), ...files];
  return spawnSync(process.execPath, args, { encoding: 'utf8', env });
}

/** A copy of s01 with one change, beside the package. */
function altered(name: string, change: (trace: Trace) => void): string {
  const trace = JSON.parse(readFileSync(SHIPPED, 'utf8')) as Trace;
  change(trace);
  writeFileSync(join(folder, name), JSON.stringify(trace));
  return name;
}
type Trace = {
  config: { budget?: number; metric: string };
  events: { [key: string]: unknown }[];
  final: { [key: string]: unknown };
};

test('equal traces end with 0, from any folder', () => {
  const ran = golden(
    altered('same.json', () => undefined),
    SHIPPED,
  );
  assert.equal(ran.status, 0, ran.stderr);
  assert.match(ran.stdout, /^same\.json: equal \(301 events\)$/m);
});

test('the first difference is named with its event, field and both values, and the exit code is 1', () => {
  const one = altered('event.json', ({ events }) => {
    events[5]!['total'] = 13;
    events[9]!['old_sum'] = -1;
  });
  const two = altered('final.json', ({ final }) => {
    final['rng_words'] = 7;
  });
  const ran = golden(one, SHIPPED, two);
  assert.equal(ran.status, 1);
  assert.match(ran.stderr, /event\.json: event 6, field total\n {2}expected 13\n {2}got {6}12/);
  assert.match(ran.stderr, /final\.json: final state, field rng_words/);
  assert.match(ran.stderr, /2 of 3 files differ/);
  assert.match(ran.stdout, /s01_basic\.json: equal/);
});

test('a file that is no trace, and none at all, are refused with what is wrong', () => {
  const open = altered('open.json', ({ config }) => delete config.budget);
  const metric = altered('metric.json', ({ config }) => void (config.metric = 'odd'));
  const ran = golden(open, metric, 'none.json');
  assert.equal(ran.status, 1);
  assert.match(ran.stderr, /open\.json: not a golden trace:[^]*config\.budget/);
  assert.match(ran.stderr, /metric\.json: not a golden trace:[^]*config\.metric/);
  assert.match(ran.stderr, /none\.json: .*no such file/);
  assert.equal(golden().status, 2);
});
