import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { RevisionAnswer } from '../../../client/dataset/revise.ts';
import type { Example } from '../../../contracts/example.ts';
import { rowsToRevise } from '../../../db/data/examples.ts';
import { type OpenDatabase, openDatabase } from '../../db/database.ts';
import { attuneHere, type Ran } from '../cli.ts';

export const PROJECT = 'rows';
type Line = {
  id: string;
  inputs: { message: string };
  expectations?: object;
  tags: Record<string, string>;
};
export const WORDS = ['apple', 'river', 'stone', 'cloud', 'ember', 'grove'];
/** Rows `r0` ... `r5`; the last two are sealed. */
export const line = (n: number, message = `${WORDS[n]} `.repeat(8)): Line => ({
  id: `r${n}`,
  inputs: { message },
  expectations: { route: 'billing' },
  tags: { part: n < 4 ? 'train' : 'sealed', lang: n % 2 === 0 ? 'en' : 'de' },
});
export const ALL = WORDS.map((_, n) => line(n));

const folder = mkdtempSync(join(tmpdir(), 'attune-datasets-'));
export let database: OpenDatabase;
before(async () => {
  database = await openDatabase();
});
after(() => rmSync(folder, { recursive: true }));

export const attune = (...args: readonly string[]): Promise<Ran> =>
  attuneHere(args, { DATABASE_URL: database.url, ATTUNE_PROJECT: PROJECT });
export const json = async <T = RevisionAnswer>(...args: readonly string[]): Promise<T> => {
  const { code, out, err } = await attune(...args, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out) as T;
};
export const file = (name: string, rows: readonly object[]): string => {
  const path = join(folder, name);
  writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
  return path;
};
let named = 0;
export const freshName = (): string => `set-${(named += 1)}`;
/** A dataset of its own with the rows r0 to r5. */
export async function dataset(): Promise<string> {
  const name = freshName();
  await json('dataset', 'import', name, file('all.jsonl', ALL), '--pin', 'part');
  return name;
}
export const rowsOf = async (version: string): Promise<readonly Example[]> =>
  rowsToRevise(database.db, { project: PROJECT, version });
