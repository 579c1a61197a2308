import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { loadConfig } from '../../agents/load.ts';
import type { AgentContext } from '../../contracts/agent.ts';
import { exampleLine } from '../../contracts/example.ts';
import { scorerEntry } from '../../contracts/scorer-entry.ts';
import { agent } from '../../examples/retention/agent.ts';

const FOLDER = resolve(import.meta.dirname, '../../examples/retention');
const text = (...path: string[]): string => readFileSync(join(FOLDER, ...path), 'utf8');

test('the retention example declares its agent and its code scorer, and its files are valid', async () => {
  const { agents, scorers } = await loadConfig(join(FOLDER, 'attune.config.ts'));
  assert.deepEqual(agents['retention']!.record.prompts, ['supervisor', 'answer']);
  assert.deepEqual(Object.keys(scorers), ['no-competitor']);
  const files = ['tools', 'own-offers', 'helpful'].map(
    (name) => parse(text('scorers', `${name}.yaml`)) as unknown,
  );
  assert.deepEqual(
    files.map((file) => (scorerEntry.parse(file) as { kind?: string }).kind),
    ['tool-usage', 'guidelines', undefined],
  );
  const rows = text('messages.jsonl')
    .trimEnd()
    .split('\n')
    .map((line) => exampleLine.parse(JSON.parse(line)));
  const counts = Map.groupBy(rows, (row) => row.tags!['customer']);
  assert.deepEqual(
    [counts.get('identified')?.length, counts.get('unidentified')?.length],
    [18, 12],
  );
});

test('the fixed prompts differ from the first ones by what mends the faults', () => {
  const changed = (name: string): readonly string[] => {
    const before = new Set(text('prompts', `${name}.md`).split('\n'));
    return text('prompts', `${name}-fixed.md`)
      .split('\n')
      .filter((line) => !before.has(line));
  };
  assert.equal(changed('supervisor').length, 2);
  assert.equal(changed('answer').length, 1);
  assert.match(text('prompts', 'answer.md'), /Axo Mobile/);
  assert.doesNotMatch(text('prompts', 'answer-fixed.md'), /Axo Mobile/);
});

/** An agent context whose model names a specialist, and then answers. */
function contextSaying(specialist: string, calls: string[]): AgentContext {
  let asked = 0;
  return {
    prompt: (name) => name,
    complete: () =>
      Promise.resolve({
        text: (asked += 1) === 1 ? specialist : 'done',
        toolCalls: [],
        finishReason: 'stop',
        price: 0,
        latencyMs: 0,
        fromLedger: false,
        usage: { inputTokens: 0, cachedTokens: 0, outputTokens: 0 },
      }),
    span: (_, body) => body(),
    tool: (name, inputs, run) => {
      calls.push(name);
      return Promise.resolve(inputs).then(run);
    },
    signal: new AbortController().signal,
  };
}

test('a specialist calls its tools, also for nobody; the one that asks who is writing calls none', async () => {
  const calls: string[] = [];
  const known = await agent({ message: 'C-1001: too expensive' }, contextSaying('offers', calls));
  assert.deepEqual(
    [calls.splice(0), known],
    [['lookup', 'offers'], { specialist: 'offers', answer: 'done' }],
  );
  await agent({ message: 'too expensive' }, contextSaying('offers', calls));
  assert.deepEqual(calls.splice(0), ['lookup', 'offers']);
  await agent({ message: 'too expensive' }, contextSaying('identify', calls));
  assert.deepEqual(calls, []);
});
