import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { judgeDefinition } from '../../../contracts/judge.ts';
import { spanScorer, usageScorer } from '../../../contracts/scorer.ts';
import { guidelinesEntry } from '../../../contracts/scorer-entry.ts';
import type { Db } from '../../../db/connect.ts';
import { guidelinesJudge } from '../../../domain/evaluate/guidelines.ts';
import { createLimiter } from '../../../llm/limiter.ts';
import { openDatabase } from '../../db/database.ts';
import { example } from '../../db/fixture.ts';
import { modelAt } from '../../llm/model-under-test.ts';
import { traceOfSpans } from './spans.ts';
import { assessAll, codeScorer, type Served, startPractice } from './world.ts';

let db: Db;
let practice: Served;
before(async () => {
  ({ db } = await openDatabase());
  practice = await startPractice();
});
after(() => practice.close());

const NUMBER = { type: 'number', min: 0, max: 100 } as const;
const SCORE = { type: 'number', min: 0, max: 1 } as const;

const judge = (name: string, more: object = {}) =>
  judgeDefinition.parse({
    name,
    instructions: 'Is {{outputs}} right for {{inputs}}?',
    value: { type: 'boolean' },
    ...more,
  });

const rows = (answers: readonly string[]) =>
  answers.map((answer, n) =>
    example(`train-${n}`, {
      inputs: { message: `where is parcel ${n}` },
      outputs: { answer },
      tags: { part: 'train' },
    }),
  );

test('a run asks the model it began with, whatever the worker names by now', async () => {
  const begun = assessAll({
    db,
    project: 'begun',
    rows: rows(['on its way']),
    base: practice.base,
    scorers: [judge('right')],
    models: { judge: 'the-first-judge' },
  });
  await assert.rejects(begun, /model the-first-judge .* does not exist/);
});

test('judges, guidelines, spans, tool usage and code assess one run side by side', async () => {
  const traced = rows(['the parcel is on its way', 'poison']).map((row, n) => ({
    ...row,
    trace: traceOfSpans(`t${n}`, [
      { name: 'find_parcel', outputs: { at: 'depot' } },
      ...(n === 0 ? [] : [{ name: 'find_parcel', status: 'ERROR' as const }]),
    ]),
  }));
  const { judged, coded, found } = await assessAll({
    db,
    project: 'kinds',
    rows: traced,
    base: practice.base,
    scorers: [
      judge('right'),
      guidelinesJudge(
        guidelinesEntry.parse({ kind: 'guidelines', name: 'polite', guidelines: ['Be polite.'] }),
      ),
      spanScorer.parse({ kind: 'spans', name: 'calls', measure: 'count', score: { most: 1 } }),
      usageScorer.parse({
        kind: 'tool-usage',
        name: 'tools',
        tools: { find_parcel: 'where a parcel is', cancel_order: 'ends an order' },
      }),
    ],
    code: [codeScorer('length', SCORE), codeScorer('unruly', SCORE)],
  });
  assert.deepEqual([judged.done, judged.failed, judged.code], [8, 0, 4]);
  assert.deepEqual([coded.done, coded.failed], [3, 1]);
  assert.deepEqual(
    found['calls']!.map((row) => row.assessment?.value),
    [1, 2],
  );
  assert.deepEqual(
    found['calls']!.map((row) => row.assessment?.score),
    [1, 0],
  );
  assert.equal(found['tools']![0]!.assessment?.score, 1);
  const [, unruly] = found['unruly']!;
  assert.equal(unruly!.assessment?.error?.kind, 'scorer-error');
  assert.match(unruly!.assessment?.error?.message ?? '', /RangeError: no scale for poison/);
  assert.ok(found['polite']!.every((row) => row.assessment?.error === null));
});

test('code scorers keep state, may be silent, and a value of another type is an error of the assessment', async () => {
  const { found } = await assessAll({
    db,
    project: 'code',
    rows: rows(['a', 'b', 'c']),
    base: practice.base,
    scorers: [],
    code: [codeScorer('counter', NUMBER), codeScorer('wrong', SCORE), codeScorer('silent', SCORE)],
  });
  const counts = found['counter']!.map((row) => Number(row.assessment?.value));
  assert.deepEqual(
    counts.toSorted((a, b) => a - b),
    [1, 2, 3],
  );
  assert.match(
    found['wrong']![0]!.assessment!.error!.message,
    /returned "seven".*a number from 0 to 1/,
  );
  assert.equal(found['silent']![0]!.assessment?.value, 'not applicable');
  assert.equal(found['silent']![0]!.assessment?.error, null);
});

test('what is equal byte for byte is asked once: equal rows, equal judges, and the judge a code scorer asks', async () => {
  const asked = practice.seen.requests;
  const same = Array.from({ length: 4 }, (_, n) =>
    example(`train-${n}`, {
      inputs: { message: 'where is it' },
      outputs: { answer: 'there' },
      tags: { part: 'train' },
    }),
  );
  const { found } = await assessAll({
    db,
    project: 'shared',
    rows: same,
    base: practice.base,
    scorers: [judge('right'), judge('proper')],
    code: [codeScorer('asking', SCORE)],
  });
  // Four rows under two judges and a code scorer that asks the same question: twelve assessments, one call.
  assert.equal(
    Object.values(found)
      .flat()
      .filter((row) => row.assessment?.error === null).length,
    12,
  );
  assert.equal(practice.seen.requests - asked, 1);
});

test('the scorers of a row are asked at the same time', async () => {
  Object.assign(practice.seen, { most: 0, meet: 4 });
  await assessAll({
    db,
    project: 'together',
    rows: rows(['one']),
    base: practice.base,
    scorers: ['a', 'b', 'c', 'd'].map((name) =>
      judge(name, { instructions: `${name}: is {{outputs}} right?` }),
    ),
  });
  assert.equal(practice.seen.most, 4);
});

test('and never more of them at once than the limiter lets', async () => {
  Object.assign(practice.seen, { most: 0, meet: 3 });
  const { found } = await assessAll({
    db,
    project: 'limited',
    rows: rows(['one', 'two']),
    base: practice.base,
    model: modelAt(practice.base, { limiter: createLimiter({ concurrency: 3 }) }),
    scorers: ['a', 'b', 'c', 'd'].map((name) =>
      judge(name, { instructions: `${name}: is {{outputs}} right?` }),
    ),
  });
  assert.equal(practice.seen.most, 3);
  practice.seen.meet = 0;
  const all = Object.values(found).flat();
  assert.deepEqual(
    [all.length, all.filter((row) => row.assessment?.error === null).length],
    [8, 8],
  );
});

test('a judge with a model and parameters of its own is asked there', async () => {
  const from = practice.seen.bodies.length;
  await assessAll({
    db,
    project: 'own',
    rows: rows(['one']),
    base: practice.base,
    scorers: [
      judge('right', {
        model: 'practice-reflector',
        parameters: { temperature: 0.3, max_tokens: 50 },
      }),
    ],
  });
  const body = JSON.parse(practice.seen.bodies[from]!) as Record<string, unknown>;
  assert.deepEqual(
    [body['model'], body['temperature'], body['max_tokens']],
    ['practice-reflector', 0.3, 50],
  );
});

test('a conversation is judged once, at its last row, with the turns before it', async () => {
  const turns = [1, 2, 3].map((n) =>
    example(`train-${n}`, {
      inputs: { message: `turn ${n}` },
      outputs: { answer: `answer ${n}` },
      tags: { part: 'train' },
      conversation: 'talk',
    }),
  );
  const from = practice.seen.bodies.length;
  const { found } = await assessAll({
    db,
    project: 'talk',
    rows: turns,
    base: practice.base,
    scorers: [judge('whole', { instructions: 'Was {{conversation}} brought to an end?' })],
  });
  const values = found['whole']!.map((row) => row.assessment?.value);
  assert.deepEqual(values.slice(0, 2), ['not applicable', 'not applicable']);
  assert.equal(typeof values[2], 'boolean');
  const [only, ...more] = practice.seen.bodies.slice(from);
  assert.equal(more.length, 0);
  assert.match(only!, /turn 1.*answer 1.*turn 3.*answer 3/);
});

test('a scorer of spans says of an output without a trace that there is nothing to measure', async () => {
  const { found } = await assessAll({
    db,
    project: 'bare',
    rows: rows(['one']),
    base: practice.base,
    scorers: [
      spanScorer.parse({ kind: 'spans', name: 'calls', measure: 'count', score: { most: 1 } }),
    ],
  });
  assert.equal(found['calls']![0]!.assessment?.error?.kind, 'no-trace');
});

const perExample = (name: string, more: object) =>
  guidelinesJudge(guidelinesEntry.parse({ kind: 'guidelines', name, perExample: true, ...more }));

test('rules that an example brings are added to those of all; without either the case is not applicable', async () => {
  const from = practice.seen.bodies.length;
  const [first, second] = rows(['one', 'two']);
  const { found } = await assessAll({
    db,
    project: 'rules',
    rows: [{ ...first!, expectations: { guidelines: ['Name the depot.'] } }, second!],
    base: practice.base,
    scorers: [perExample('both', { guidelines: ['Be polite.'] }), perExample('own', {})],
  });
  const asked = practice.seen.bodies.slice(from).map((body) => JSON.stringify(JSON.parse(body)));
  assert.equal(asked.length, 3);
  assert.ok(asked.some((body) => /Be polite.*Name the depot/.test(body)));
  assert.equal(asked.filter((body) => body.includes('Be polite')).length, 2);
  const valueOf = (name: string, at: number) => found[name]![at]!.assessment?.value;
  assert.equal(typeof valueOf('both', 1), 'boolean');
  assert.deepEqual([typeof valueOf('own', 0), valueOf('own', 1)], ['boolean', 'not applicable']);
});

test('a scorer whose code changed since its run began, or that is gone, stops the run with the remedy', async () => {
  const begun = codeScorer('length', SCORE);
  const changed = { ...begun, definition: { ...begun.definition, fingerprint: 'other' } };
  const world = { db, rows: rows(['one']), base: practice.base, scorers: [], code: [begun] };
  await assert.rejects(
    assessAll({ ...world, project: 'changed', loaded: [changed] }),
    /`length@1` is no longer the code that this run began with/,
  );
  await assert.rejects(
    assessAll({ ...world, project: 'gone', loaded: [] }),
    /`length` is not declared in attune\.config\.ts \(declared: none\)/,
  );
});
