import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { z } from 'zod';

const bin = path.join(import.meta.dirname, '..', '..', 'client', 'main.ts');
const folder = mkdtempSync(path.join(tmpdir(), 'attune-agreement-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function agreement(lines: readonly object[], ...more: readonly string[]) {
  const file = path.join(folder, 'labels.jsonl');
  writeFileSync(file, lines.map((line) => JSON.stringify(line)).join('\n'));
  // No stack, no database, no Temporal: the environment names none and the data folder is empty.
  const run = spawnSync(process.execPath, [bin, 'label', 'agreement', '--file', file, ...more], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] ?? '', ATTUNE_DATA: path.join(folder, 'nothing') },
  });
  return { code: run.status, out: run.stdout, err: run.stderr };
}

const said = (row: string, rater: string, value: unknown, name = 'tone') => ({
  row_id: row,
  rater,
  value,
  name,
});
const LINES = ['1', '2', '3', '4'].flatMap((row, at) => [
  said(row, 'ana', at < 2 ? 'good' : 'bad'),
  said(row, 'ben', at < 3 ? 'good' : 'bad'),
]);

test('agreement of a file needs nothing that runs, and gives alpha under its key', () => {
  const { code, out } = agreement([...LINES, said('5', 'ana', null)], '--json');
  assert.equal(code, 0);
  const found = z
    .looseObject({ alpha: z.number(), items: z.number(), level: z.string() })
    .parse(JSON.parse(out));
  // Coincidences: 8 values, 3 bad and 5 good, two of them off the diagonal: 1 - 7 x 2 / (2 x 3 x 5).
  assert.ok(Math.abs(found.alpha - (1 - 14 / 30)) < 1e-12);
  assert.deepEqual([found.items, found.level], [4, 'nominal']);
});

test('several names, a value out of order, a bad line and a missing order are refused with place and remedy', () => {
  const cases: readonly (readonly [readonly object[], readonly string[], RegExp])[] = [
    [[...LINES, said('1', 'ana', 'x', 'other')], [], /several names: other, tone.*--name other/s],
    [LINES, ['--level', 'ordinal'], /--order.*is missing/s],
    [LINES, ['--level', 'ordinal', '--order', 'bad,fair'], /"good" is not in the order bad, fair/],
    [LINES, ['--level', 'interval'], /neither nominal nor ordinal/],
    [[...LINES, { rater: 'ana', value: 1 }], [], /labels\.jsonl:9.*trace_id or row_id/s],
    [LINES, ['--name', 'route'], /no label named `route`/],
  ];
  for (const [lines, more, message] of cases) {
    const { code, err } = agreement(lines, ...more);
    assert.equal(code, 2, err);
    assert.match(err, message);
  }
});
