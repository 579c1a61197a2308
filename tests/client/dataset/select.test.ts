import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Example } from '../../../contracts/example.ts';
import type { ReceivedSpan } from '../../../contracts/trace.ts';
import { importSpans, tagTraces } from '../../../db/traces/traces.ts';
import { received } from '../../db/received.ts';
import { ALL, attune, database, dataset, file, json, PROJECT, rowsOf } from './rows.ts';

const ids = async (version: string) => (await rowsOf(version)).map(({ id }) => id);

test('a filter keeps or tags the rows it finds; where it reads content, sealed rows stay as they are', async () => {
  const name = await dataset();
  const english = await json('dataset', 'filter', name, 'tag.lang = en', '--as', `${name}-en`);
  assert.equal(english.id, `${name}-en@1`);
  assert.deepEqual(await ids(english.id), ['r0', 'r2', 'r4']);
  const read = await attune('dataset', 'filter', name, 'not inputs.message ~ APPLE');
  assert.match(
    read.err,
    /2 sealed rows are not compared with the filter, which reads content, and kept/,
  );
  assert.deepEqual(await ids(`${name}@2`), ['r1', 'r2', 'r3', 'r4', 'r5']);
  const tagged = await json(
    ...(['dataset', 'tag', `${name}@1`, 'text ~ "stone"', '--set', 'topic=rocks'] as const),
  );
  assert.deepEqual(tagged.changes, { added: 0, changed: 1, removed: 0 });
  const all = await json('dataset', 'tag', name, '--set', 'batch=3', '--unset', 'lang');
  assert.equal(all.changes.changed, 6);
  assert.equal(all.sealedChanges.changed, 2);
  assert.deepEqual((await rowsOf(all.id))[2]!.tags, { part: 'train', topic: 'rocks', batch: '3' });
  const shown = await json<Example[]>('dataset', 'show', name, '--filter', 'tag.topic = rocks');
  assert.deepEqual(
    shown.map(({ id }) => id),
    ['r2'],
  );
});

const digit = (n: number, length: number): string => String(n).repeat(length);
/** Traces 1 to 3: answered, failed, and one without inputs; 1 and 2 are of one session. */
async function traced(): Promise<readonly string[]> {
  const root = (n: number, changes: Partial<ReceivedSpan>) =>
    received('a', { trace: digit(n, 32), start: n, end: n + 100, ...changes });
  await importSpans(database.db, {
    project: PROJECT,
    spans: [
      root(1, { session: 'talk', inputs: { question: 'dolphins or whales' }, outputs: 'dolphins' }),
      root(2, { session: 'talk', inputs: 'and now', status: 'ERROR', message: 'out of fish' }),
      root(3, {}),
    ],
  });
  await tagTraces(database.db, {
    project: PROJECT,
    ids: [digit(1, 32)],
    tags: { eval: 'complete' },
  });
  return [1, 2, 3].map((n) => digit(n, 32));
}

test('traces become rows that keep the link; taking them again changes nothing, not even what was edited', async () => {
  await json('dataset', 'import', 'placing', file('all.jsonl', ALL), '--pin', 'part');
  const [first, second] = await traced();
  const made = await attune('dataset', 'from-traces', 'asked', 'start > 1970-01-01');
  assert.equal(made.code, 0, made.err);
  assert.match(made.err, /1 trace without inputs left out/);
  const rows = await rowsOf('asked@1');
  assert.deepEqual(
    rows.map(({ id, conversation, source, inputs, outputs, tags }) => ({
      id,
      conversation,
      source,
      inputs,
      outputs,
      tags,
    })),
    [
      {
        id: first,
        conversation: 'talk',
        source: { trace: first },
        inputs: { question: 'dolphins or whales' },
        outputs: { output: 'dolphins' },
        tags: { eval: 'complete' },
      },
      {
        id: second,
        conversation: 'talk',
        source: { trace: second },
        inputs: { input: 'and now' },
        outputs: undefined,
        tags: {},
      },
    ],
  );
  await json('dataset', 'edit', 'asked', '--row', first!, '--set', 'expectations.answer=whales');
  const again = await json('dataset', 'from-traces', 'asked');
  assert.equal(again.id, 'asked@2');
  assert.equal(again.created, false);
  const linked = await json('dataset', 'filter', 'asked', `trace = ${first}`);
  const [kept] = await rowsOf(linked.id);
  assert.deepEqual([kept!.source, kept!.expectations], [{ trace: first }, { answer: 'whales' }]);
});
