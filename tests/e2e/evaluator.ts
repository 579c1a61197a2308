import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EvaluationResults } from '../../client/evaluate/results.ts';
import { attuneHere, type Ran } from '../client/cli.ts';
import { startTestStack, type TestStack } from './stack.ts';
import { startVerdictServer } from './verdict-server.ts';

/** Rows that are not sealed; one more is. */
export const ROWS = 30;
const CONFIG = `export default { agents: { answerer: { kind: 'prompt', prompt: 'answer' } } };`;

/** A person who evaluates at a stack of their own, with a model whose verdicts and troubles the test decides. */
export type Evaluator = {
  readonly stack: TestStack;
  readonly server: Awaited<ReturnType<typeof startVerdictServer>>;
  readonly folder: string;
  /** Files of two judges. */
  readonly judges: readonly [string, string];
  /** Both as options. */
  readonly judging: readonly string[];
  file(name: string, text: string): string;
  run(...args: readonly string[]): Promise<Ran & { readonly results: EvaluationResults | null }>;
  close(): Promise<void>;
};

/** Starts the stack and imports the dataset `rows`, 20 of them good. */
export async function startEvaluator(): Promise<Evaluator> {
  const folder = mkdtempSync(join(tmpdir(), 'attune-evaluate-'));
  const file = (name: string, text: string): string => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  const judge = (name: string): string =>
    file(
      `${name}.yaml`,
      `name: ${name}\ninstructions: The ${name} question on {{inputs}} and {{outputs}}.\nvalue: {type: boolean}\n`,
    );
  const judges = [judge('first'), judge('second')] as const;
  const server = await startVerdictServer();
  const stack = await startTestStack({
    env: {
      ATTUNE_MODEL: 'judge-model',
      OPENAI_BASE_URL: server.base,
      ATTUNE_CONFIG: file('attune.config.mjs', CONFIG),
    },
  });
  const run: Evaluator['run'] = async (...args) => {
    const ran = await attuneHere([...args, '--json'], { ATTUNE_DATA: stack.dataDir });
    return { ...ran, results: ran.out === '' ? null : (JSON.parse(ran.out) as EvaluationResults) };
  };
  const given = file('rows.jsonl', rows(20));
  const imported = await run('dataset', 'import', 'rows', given, '--pin', 'part');
  assert.equal(imported.code, 0, imported.err);
  return {
    stack,
    server,
    folder,
    judges,
    judging: judges.flatMap((path) => ['--judge', path]),
    file,
    run,
    async close() {
      server.close();
      await stack.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Rows with recorded outputs, the first `good` of them good; all of the part train but the last, which is sealed. */
export const rows = (good: number): string =>
  Array.from({ length: ROWS + 1 }, (_, n) =>
    JSON.stringify({
      id: `row-${n}`,
      inputs: { message: `message ${n} ${'abcdefghij'[n % 10]!.repeat(20 + n)}` },
      outputs: { answer: `${n < good ? 'good' : 'bad'} ${n}` },
      tags: { part: n === ROWS ? 'sealed' : 'train', kind: n % 2 === 0 ? 'even' : 'odd' },
    }),
  ).join('\n');

/** Nothing in the page can ask the network for anything, and the page itself forbids it. */
export function standsAlone(page: string): void {
  assert.doesNotMatch(page, /<(script|link|img|iframe|object|embed|base)|src=|url\(|@import/i);
  assert.match(page, /Content-Security-Policy" content="default-src 'none'/);
  assert.deepEqual(page.match(/https?:\/\/[^"'<\s]+/g), null);
}
