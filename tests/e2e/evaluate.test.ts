import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { attune } from '../client/cli.ts';
import { type Evaluator, ROWS, standsAlone, startEvaluator } from './evaluator.ts';

let evaluator: Evaluator;
before(async () => {
  evaluator = await startEvaluator();
});
beforeEach(() => {
  const calm = { poison: null, status: () => null, latencyMs: 0, held: null };
  Object.assign(evaluator.server.trouble, calm);
});
after(() => evaluator.close());

const calls = async (work: () => Promise<unknown>): Promise<number> => {
  const made = evaluator.server.seen.requests;
  await work();
  return evaluator.server.seen.requests - made;
};

test('two judges on recorded outputs: one call for each row and judge, and none when it is run again', async () => {
  const gates = evaluator.file('gates.yaml', '- first >= 0.6\n- second = 1.0\n');
  const page = join(evaluator.folder, 'page.html');
  const junit = join(evaluator.folder, 'junit.xml');
  const args = [
    'evaluate',
    '--dataset',
    'rows',
    ...evaluator.judging,
    '--name',
    'two',
    '--gate',
    gates,
  ];
  let ran: Awaited<ReturnType<typeof evaluator.run>>;
  assert.equal(await calls(async () => (ran = await evaluator.run(...args))), ROWS * 2);
  assert.equal(ran!.code, 3, ran!.err);
  const { first, second } = ran!.results!.scorers;
  for (const found of [first!, second!]) {
    assert.equal(found.mean, 20 / ROWS);
    assert.deepEqual(found.percentiles, { p50: 1, p95: 1, p99: 1 });
    assert.deepEqual([found.n, found.missing, found.failed], [ROWS, 0, 0]);
    assert.ok(found.interval!.low < 20 / ROWS && found.interval!.high > 20 / ROWS);
  }
  assert.deepEqual(
    ran!.results!.gates.map(({ scorer, state }) => [scorer, state]),
    [
      ['first', 'pass'],
      ['second', 'fail'],
    ],
  );
  assert.ok(
    ran!.results!.slices['first']!.some(({ tag, value }) => tag === 'kind' && value === 'odd'),
  );
  const again = () => evaluator.run(...args, '--html', page, '--junit', junit);
  assert.equal(await calls(again), 0);
  standsAlone(readFileSync(page, 'utf8'));
  assert.match(
    readFileSync(page, 'utf8'),
    /Lowest rows of first[\s\S]*row-20[\s\S]*bad 20[\s\S]*by its word/,
  );
  assert.match(readFileSync(junit, 'utf8'), /<testsuite name="first" tests="30" failures="10"/);
});

test('content that always fails is tried five times, counted beside the mean, and asked for again only on demand', async () => {
  evaluator.server.trouble.poison = 'message 7 ';
  const judge = ['--judge', evaluator.judges[0]];
  const made = await calls(async () => {
    const { results, code } = await evaluator.run(
      'evaluate',
      '--dataset',
      'rows',
      ...judge,
      '--name',
      'poison',
    );
    assert.equal(code, 0);
    const { mean, n, missing } = results!.scorers['first']!;
    assert.deepEqual([mean, n, missing], [19 / 29, 29, 1]);
  });
  assert.equal(made, ROWS - 1 + 5);
  const strict = evaluator.file('strict.yaml', '- { scorer: first, min: 0.5, errors: 0 }\n');
  const gated = await evaluator.run('evaluate', '--name', 'poison', '--gate', strict);
  assert.deepEqual([gated.code, gated.results!.gates[0]!.state], [5, 'unmeasurable'], gated.err);
  const budget = evaluator.file('budget.yaml', '- { scorer: first, min: 0.5, errors: 0.05 }\n');
  assert.equal((await evaluator.run('evaluate', '--name', 'poison', '--gate', budget)).code, 0);
  const lower = evaluator.file('lower.yaml', '- first >= lots\n');
  const wrong = await evaluator.run('evaluate', '--name', 'poison', '--gate', lower);
  assert.deepEqual([wrong.code, /first >= lots.* is no gate/.test(wrong.err)], [2, true]);
  evaluator.server.trouble.poison = null;
  assert.equal(await calls(() => evaluator.run('evaluate', '--name', 'poison')), 0);
  const mended = await calls(async () => {
    const { results } = await evaluator.run('evaluate', '--name', 'poison', '--retry-errors');
    assert.deepEqual([results!.scorers['first']!.n, results!.scorers['first']!.missing], [30, 0]);
    assert.equal(results!.retries, 1);
  });
  assert.equal(mended, 1);
});

test('429 and 500 now and then cost no score', async () => {
  const begun = evaluator.server.seen.requests;
  evaluator.server.trouble.status = (n) =>
    (n - begun) % 10 === 3 ? 429 : (n - begun) % 25 === 7 ? 500 : null;
  const { results } = await evaluator.run(
    'evaluate',
    '--dataset',
    'rows',
    ...evaluator.judging,
    '--name',
    'shaky',
  );
  for (const found of Object.values(results!.scorers))
    assert.deepEqual([found.mean, found.n, found.missing], [20 / ROWS, ROWS, 0]);
});

test('Ctrl-C leaves the evaluation running; the name alone comes back to it, and nothing is asked twice', async () => {
  // No verdict comes while the person looks: the evaluation is under way until they have left.
  const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
  Object.assign(evaluator.server.trouble, { latencyMs: 400, held: gone });
  const earlier = new Map(evaluator.server.seen.answered);
  const args = ['evaluate', '--dataset', 'rows', ...evaluator.judging, '--name', 'left'];
  const left = await attune(args, {
    env: { ATTUNE_DATA: evaluator.stack.dataDir },
    interruptWhen: (err) => err.includes('verdicts'),
  });
  leave();
  assert.equal(left.code, 6, left.err);
  assert.match(left.err, /attune evaluate --name left/);
  evaluator.stack.kill('worker');
  const { results, code, err } = await evaluator.run('evaluate', '--name', 'left');
  assert.equal(code, 0, err);
  assert.equal(results!.scorers['second']!.n, ROWS);
  const fresh = [...evaluator.server.seen.answered].filter(([key]) => !earlier.has(key));
  assert.equal(fresh.length, ROWS * 2);
});

test('sealed rows are left out unless they are opened, which retires them', async () => {
  const judge = ['--judge', evaluator.judges[1]];
  const shut = await evaluator.run('evaluate', '--dataset', 'rows@1', ...judge, '--name', 'shut');
  assert.equal(shut.results!.scorers['second']!.n, ROWS);
  const open = await evaluator.run(
    'evaluate',
    '--dataset',
    'rows@1',
    ...judge,
    '--name',
    'open',
    '--unseal',
  );
  assert.equal(open.code, 0, open.err);
  assert.equal(open.results!.scorers['second']!.n, ROWS + 1);
  const split = await evaluator.run('dataset', 'split', 'rows@1');
  const { parts } = split.results as unknown as { parts: { sealed: { retired: number } } };
  assert.equal(parts.sealed.retired, 1);
});
