import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { after, test } from 'node:test';
import { align, judgeOf, labelled } from '../../../bench/practice-judge.ts';
import { runAgent, search } from '../../../bench/practice-search.ts';
import { memoryStore } from '../../../bench/practice-store.ts';
import { type Row, rowsIn, telecom } from '../../../bench/practice-task.ts';
import { createLimiter } from '../../../llm/limiter.ts';
import { createModel } from '../../../llm/model.ts';
import { createPracticeServer } from '../../../llm/practice/server.ts';

const server = createPracticeServer();
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
after(() => {
  server.closeAllConnections();
  server.close();
});
const model = createModel({
  endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
  apiKey: 'practice',
  replies: memoryStore(),
  limiter: createLimiter({ concurrency: 32 }),
});

const task = telecom('loop-test');

async function shareOf(rows: readonly Row[], prompt: string): Promise<number> {
  const hits = await Promise.all(
    rows.map(async (row) => {
      const outputs = await runAgent(task, { row, prompt, model, draw: 'gate' });
      return Object.values(outputs)[0] === row.gold;
    }),
  );
  return hits.filter(Boolean).length / hits.length;
}

test('labels of people teach the judge, and the judge teaches the prompt: unseen rows gain ten points', async (t) => {
  const labels = await Promise.all(
    rowsIn(task, 'align-labels').map(async (row) =>
      labelled(row, await runAgent(task, { row, prompt: task.prompt, model, draw: 'evaluate' })),
    ),
  );
  const memory = await align(task, { model, items: labels });
  const judge = judgeOf(task, { model, memory });
  const { prompt, result } = await search(task, { model, judge, seed: 7 });
  const sealed = rowsIn(task, 'sealed');
  const [weak, tuned] = [await shareOf(sealed, task.prompt), await shareOf(sealed, prompt)];
  t.diagnostic(
    `weak ${weak.toFixed(3)}, tuned ${tuned.toFixed(3)}, ${result.totals.rollouts} rollouts`,
  );
  assert.ok(result.totals.rollouts <= 20 * rowsIn(task, 'validation').length);
  assert.ok(tuned - weak >= 0.1, `weak ${weak}, tuned ${tuned}`);
});
