import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const bench = resolve(import.meta.dirname, '../../bench/telecom-prompts.ts');

test('the practice agent gets at most 60 % right by the weak prompt, at least 85 % by the strong one', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [bench, '1']);
  const [weak, strong] = [...stdout.matchAll(/: ([\d.]+) % of \d+ messages/g)].map((m) => +m[1]!);
  assert.ok(weak !== undefined && weak <= 60, stdout);
  assert.ok(strong !== undefined && strong >= 85, stdout);
});
