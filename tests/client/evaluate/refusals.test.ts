import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { mustRun } from '../../../client/evaluate/gate-file.ts';
import { attuneHere } from '../cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-refusals-'));
after(() => rmSync(folder, { recursive: true, force: true }));

test('what cannot be written, and gates that are none, are refused before anything runs', async () => {
  const gates = join(folder, 'gates.yaml');
  writeFileSync(gates, '- tone >= 1.5\n');
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ['evaluate', '--dataset', 'd', '--html', join(folder, 'none', 'p.html')],
      /there is no folder/,
    ],
    [['evaluate', '--dataset', 'd', '--junit', folder], /is a folder; name a file/],
    [['evaluate', '--dataset', 'd', '--gate', gates], /tone >= 1\.5.* is no gate; write/],
    [['evaluate', 'trend', 'agent', '--html', folder], /is a folder/],
    [['evaluate', 'trend', 'agent', '--last', '0'], /`0` is no whole number above 0/],
    [['evaluate', 'list', '--last', 'all'], /`all` is no whole number above 0/],
    [['evaluate', 'profile'], /missing required argument 'name'/],
  ];
  for (const [text, reason] of [
    ['- tone >= 90\n', /scores go from 0 to 1; write `tone >= 0\.9` if 90 % is meant/],
    ['- { scorer: tone, min: 90 }\n', /min.*scores go from 0 to 1: write 0\.9/s],
    ['- tone > 0.9\n', /is no gate; write/],
  ] as const) {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(file, text);
    const { code, err } = await attuneHere(['evaluate', '--dataset', 'd', '--gate', file]);
    assert.equal(code, 2, err);
    assert.match(err, reason);
  }
  for (const [args, reason] of cases) {
    const { code, err } = await attuneHere(args);
    assert.equal(code, 2, err);
    assert.match(err, reason);
  }
});

test('a gate on a scorer that does not run is refused with the scorers that do', () => {
  const gates = [{ scorer: 'tone', min: 0.9, errors: 0.05 }];
  assert.throws(
    () => mustRun(gates, ['routing', 'safety']),
    /asks for `tone`.*runs routing, safety/,
  );
  mustRun(gates, ['tone']);
});
