import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Planted } from '../../bench/planted.ts';
import { attuneHere, type Ran } from '../client/cli.ts';
import { startTestStack, type TestStack } from './stack.ts';

/** A person who teaches judges at a stack of their own: commands by project, and files to give them. */
export type Teacher = {
  readonly stack: TestStack;
  file(name: string, text: string): string;
  jsonl(name: string, rows: readonly unknown[]): string;
  run(project: string, ...args: readonly string[]): Promise<Ran>;
  /** The answer of a command that has to end well. */
  ok<T>(project: string, ...args: readonly string[]): Promise<T>;
  /** A project with a planted set: rows, labels and judge. */
  plant(project: string, set: Planted): Promise<void>;
  close(): Promise<void>;
};

export async function startTeacher(): Promise<Teacher> {
  const folder = mkdtempSync(join(tmpdir(), 'attune-align-'));
  const stack = await startTestStack({ env: { PRACTICE_LATENCY_MS: '40' } });
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const jsonl = (name: string, rows: readonly unknown[]): string =>
    file(name, rows.map((row) => JSON.stringify(row)).join('\n'));
  const run = (project: string, ...args: readonly string[]): Promise<Ran> =>
    attuneHere([...args, '--json'], { ATTUNE_DATA: stack.dataDir, ATTUNE_PROJECT: project });
  async function ok<T>(project: string, ...args: readonly string[]): Promise<T> {
    const ran = await run(project, ...args);
    assert.equal(ran.code, 0, `${args.join(' ')}: ${ran.err}${ran.out.slice(0, 2000)}`);
    return JSON.parse(ran.out) as T;
  }
  return {
    stack,
    file,
    jsonl,
    run,
    ok,
    async plant(project, { judge, rows, labels }) {
      await ok(project, 'judge', 'create', file(`${project}.json`, JSON.stringify(judge)));
      const given = jsonl(`${project}-rows.jsonl`, rows);
      await ok(project, 'dataset', 'import', 'cases', given, '--pin', 'part');
      await ok(project, 'label', 'import', jsonl(`${project}-labels.jsonl`, labels));
    },
    async close() {
      await stack.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
