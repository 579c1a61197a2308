import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { EvaluationResults } from '../../client/evaluate/results.ts';
import type { TrendSeries } from '../../client/evaluate/trend.ts';
import type { RunFacts } from '../../contracts/run-facts.ts';
import type { Comparison } from '../../domain/evaluate/compare.ts';
import type { Profile } from '../../domain/evaluate/profile.ts';
import { type Evaluator, rows, ROWS, standsAlone, startEvaluator } from './evaluator.ts';

type Compared = Comparison & { readonly first: RunFacts; readonly second: RunFacts };

let evaluator: Evaluator;
before(async () => {
  evaluator = await startEvaluator();
});
after(() => evaluator.close());

const ids = (of: readonly { readonly example: string }[]) =>
  of.map(({ example }) => example).sort();

test('a comparison finds planted regressions and wins exactly, and refuses other data and other judges', async () => {
  const compare = async (...names: string[]) => {
    const ran = await evaluator.run('compare', ...names);
    return { ...ran, found: (ran.results as unknown as readonly Compared[] | null)?.[0] };
  };
  const judge = ['--judge', evaluator.judges[0]];
  const evaluated = ['evaluate', '--dataset', 'rows@1', '--agent', 'answerer', ...judge];
  for (const [version, bad] of Object.entries({ 1: '3 4 5', 2: '5 6 7 8' })) {
    await evaluator.run(
      'prompt',
      'register',
      'answer',
      evaluator.file(`answer-${version}.md`, `bad: ${bad} .`),
    );
    const { code, err } = await evaluator.run(
      ...evaluated,
      '--prompt',
      `answer@${version}`,
      '--name',
      `v${version}`,
    );
    assert.equal(code, 0, err);
  }
  const session = ['--judge', 'first', '--evaluation', 'v1', '--policy', 'all'];
  // A session names an evaluation as `compare` does.
  const opened = await evaluator.run('label', 'create', 'review', ...session);
  assert.equal(opened.code, 0, opened.err);
  const planted = await compare('v1', 'v2');
  assert.deepEqual(
    [planted.found!.first.prompts, planted.found!.second.prompts],
    [{ answer: 'answer@1' }, { answer: 'answer@2' }],
  );
  assert.deepEqual(ids(planted.found!.regressions), ['row-6', 'row-7', 'row-8'], planted.err);
  assert.deepEqual(ids(planted.found!.wins), ['row-3', 'row-4']);
  assert.ok(Math.abs(planted.found!.difference!.mean + 1 / ROWS) < 1e-9);
  await evaluator.run('evaluate', '--dataset', 'rows', ...judge, '--name', 'before');
  const changed = rows(20).replace('"good 4"', '"bad 4"').replace('"bad 25"', '"good 25"');
  await evaluator.run(
    'dataset',
    'import',
    'rows',
    evaluator.file('changed.jsonl', changed),
    '--pin',
    'part',
  );
  await evaluator.run('evaluate', '--dataset', 'rows', ...judge, '--name', 'other-data');
  const refused = await compare('before', 'other-data');
  assert.equal(refused.code, 2);
  assert.match(refused.err, /dataset versions differ/);
  const same = await compare('before', 'before');
  assert.equal(same.code, 0);
  assert.deepEqual([same.found!.equal, same.found!.wins, same.found!.regressions], [ROWS, [], []]);
  const edited = evaluator.file(
    'first-2.yaml',
    readFileSync(evaluator.judges[0], 'utf8').replace('question', 'matter'),
  );
  await evaluator.run(
    'evaluate',
    '--dataset',
    'rows@1',
    '--judge',
    edited,
    '--name',
    'other-judge',
  );
  const judged = await compare('before', 'other-judge');
  assert.equal(judged.code, 2);
  assert.match(judged.err, /scored by first@1 and first@2/);
});

test('the trend of an agent marks the planted decline, and sets apart what another judge version scored', async () => {
  await evaluator.run(
    'prompt',
    'register',
    'answer',
    evaluator.file('answer-3.md', 'bad: 5 6 7 8 9 10 11 12 13 14 .'),
  );
  const args = ['evaluate', '--dataset', 'rows@1', '--agent', 'answerer', '--prompt', 'answer@3'];
  const edited = evaluator.file(
    'first-3.yaml',
    readFileSync(evaluator.judges[0], 'utf8').replace('question', 'topic'),
  );
  await evaluator.run(...args, '--judge', 'first@1', '--name', 'v3');
  await evaluator.run(...args, '--judge', edited, '--name', 'v3-other-judge');
  const page = join(evaluator.folder, 'trend.html');
  const ran = await evaluator.run('evaluate', 'trend', 'answerer', '--html', page);
  assert.equal(ran.code, 4, 'the newest run can be compared with none');
  const [series] = ran.results as unknown as readonly TrendSeries[];
  assert.deepEqual(
    series!.points.map(({ run: name, mark, apart }) => [name, mark, apart]),
    [
      ['evaluate/v1', 'first', null],
      ['evaluate/v2', 'level', null],
      ['evaluate/v3', 'regressed', null],
      ['evaluate/v3-other-judge', 'first', 'they were scored by first@1 and first@3'],
    ],
  );
  assert.deepEqual(series!.points[2]!.facts.prompts, { answer: 'answer@3' });
  standsAlone(readFileSync(page, 'utf8'));
  const none = await evaluator.run('evaluate', 'trend', 'nobody');
  assert.equal(none.code, 2);
  assert.match(none.err, /attune evaluate list/);
});

test('the profile of a run tells time, tokens and cost of the calls of its agent', async () => {
  const { code, err, results } = await evaluator.run('evaluate', 'profile', 'v1');
  assert.equal(code, 0, err);
  const { traces, kinds, growth, slowest, usage } = results as unknown as Profile & {
    readonly usage: EvaluationResults['usage'];
  };
  assert.equal(traces, ROWS);
  const model = kinds.find(({ kind }) => kind === 'model')!;
  assert.deepEqual(
    [model.spans, model.inputTokens, model.outputTokens],
    [ROWS, ROWS * 10, ROWS * 5],
  );
  assert.deepEqual([growth.length, growth[0]!.traces, growth[0]!.bloated], [1, ROWS, 0]);
  assert.equal(slowest.length, 10);
  assert.deepEqual(
    usage.map(({ purpose, model: name, calls: made }) => [purpose, name, made]),
    [
      ['agent', 'judge-model', ROWS],
      ['judge', 'judge-model', ROWS],
    ],
  );
  const recorded = await evaluator.run('evaluate', 'profile', 'before');
  assert.deepEqual([recorded.code, /has no traces/.test(recorded.err)], [2, true]);
});
