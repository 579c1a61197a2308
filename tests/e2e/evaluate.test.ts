import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import type { EvaluationResults } from '../../client/evaluate/results.ts';
import type { RunFacts } from '../../db/run-facts.ts';
import type { TrendSeries } from '../../client/evaluate/trend.ts';
import type { Comparison } from '../../domain/evaluate/compare.ts';
import type { Profile } from '../../domain/evaluate/profile.ts';
import { attune, attuneHere } from '../client/cli.ts';
import { startTestStack, type TestStack } from './stack.ts';
import { startVerdictServer } from './verdict-server.ts';

type Compared = Comparison & { readonly first: RunFacts; readonly second: RunFacts };

const ROWS = 30;
const folder = mkdtempSync(join(tmpdir(), 'attune-evaluate-'));
let stack: TestStack;
let server: Awaited<ReturnType<typeof startVerdictServer>>;

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const JUDGES = ['first', 'second'].map((name) =>
  file(
    `${name}.yaml`,
    `name: ${name}\ninstructions: The ${name} question on {{inputs}} and {{outputs}}.\nvalue: {type: boolean}\n`,
  ),
);
const CONFIG = `export default { agents: { answerer: { kind: 'prompt', prompt: 'answer' } } };`;
const judging = JUDGES.flatMap((path) => ['--judge', path]);

/** Rows with recorded outputs, the first `good` of them good; all of the part train but the last, which is sealed. */
const rows = (good: number): string =>
  Array.from({ length: ROWS + 1 }, (_, n) =>
    JSON.stringify({
      id: `row-${n}`,
      inputs: { message: `message ${n} ${'abcdefghij'[n % 10]!.repeat(20 + n)}` },
      outputs: { answer: `${n < good ? 'good' : 'bad'} ${n}` },
      tags: { part: n === ROWS ? 'sealed' : 'train', kind: n % 2 === 0 ? 'even' : 'odd' },
    }),
  ).join('\n');

const run = async (...args: readonly string[]) => {
  const ran = await attuneHere([...args, '--json'], { ATTUNE_DATA: stack.dataDir });
  return { ...ran, results: ran.out === '' ? null : (JSON.parse(ran.out) as EvaluationResults) };
};

before(async () => {
  server = await startVerdictServer();
  stack = await startTestStack({
    env: {
      ATTUNE_MODEL: 'judge-model',
      OPENAI_BASE_URL: server.base,
      ATTUNE_CONFIG: file('attune.config.mjs', CONFIG),
    },
  });
  const imported = await run(
    'dataset',
    'import',
    'rows',
    file('rows.jsonl', rows(20)),
    '--pin',
    'part',
  );
  assert.equal(imported.code, 0, imported.err);
});
beforeEach(() => {
  Object.assign(server.trouble, { poison: null, status: () => null, latencyMs: 0 });
});
after(async () => {
  server.close();
  await stack.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Nothing in the page can ask the network for anything, and the page itself forbids it. */
function standsAlone(page: string): void {
  assert.doesNotMatch(page, /<(script|link|img|iframe|object|embed|base)|src=|url\(|@import/i);
  assert.match(page, /Content-Security-Policy" content="default-src 'none'/);
  assert.deepEqual(page.match(/https?:\/\/[^"'<\s]+/g), null);
}

const ids = (of: readonly { readonly example: string }[]) =>
  of.map(({ example }) => example).sort();

const calls = async (work: () => Promise<unknown>): Promise<number> => {
  const made = server.seen.requests;
  await work();
  return server.seen.requests - made;
};

test('two judges on recorded outputs: one call for each row and judge, and none when it is run again', async () => {
  const gates = file('gates.yaml', '- first >= 0.6\n- second = 1.0\n');
  const page = join(folder, 'page.html');
  const junit = join(folder, 'junit.xml');
  const args = ['evaluate', '--dataset', 'rows', ...judging, '--name', 'two', '--gate', gates];
  let ran: Awaited<ReturnType<typeof run>>;
  assert.equal(await calls(async () => (ran = await run(...args))), ROWS * 2);
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
  const again = () => run(...args, '--html', page, '--junit', junit);
  assert.equal(await calls(again), 0);
  standsAlone(readFileSync(page, 'utf8'));
  assert.match(
    readFileSync(page, 'utf8'),
    /Lowest rows of first[\s\S]*row-20[\s\S]*bad 20[\s\S]*by its word/,
  );
  assert.match(readFileSync(junit, 'utf8'), /<testsuite name="first" tests="30" failures="10"/);
});

test('content that always fails is tried five times, counted beside the mean, and asked for again only on demand', async () => {
  server.trouble.poison = 'message 7 ';
  const judge = ['--judge', JUDGES[0]!];
  const made = await calls(async () => {
    const { results, code } = await run(
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
  const strict = file('strict.yaml', '- { scorer: first, min: 0.5, errors: 0 }\n');
  const gated = await run('evaluate', '--name', 'poison', '--gate', strict);
  assert.deepEqual([gated.code, gated.results!.gates[0]!.state], [5, 'unmeasurable'], gated.err);
  const budget = file('budget.yaml', '- { scorer: first, min: 0.5, errors: 0.05 }\n');
  assert.equal((await run('evaluate', '--name', 'poison', '--gate', budget)).code, 0);
  const lower = file('lower.yaml', '- first >= lots\n');
  const wrong = await run('evaluate', '--name', 'poison', '--gate', lower);
  assert.deepEqual([wrong.code, /first >= lots.* is no gate/.test(wrong.err)], [2, true]);
  server.trouble.poison = null;
  assert.equal(await calls(() => run('evaluate', '--name', 'poison')), 0);
  const mended = await calls(async () => {
    const { results } = await run('evaluate', '--name', 'poison', '--retry-errors');
    assert.deepEqual([results!.scorers['first']!.n, results!.scorers['first']!.missing], [30, 0]);
    assert.equal(results!.retries, 1);
  });
  assert.equal(mended, 1);
});

test('429 and 500 now and then cost no score', async () => {
  const begun = server.seen.requests;
  server.trouble.status = (n) =>
    (n - begun) % 10 === 3 ? 429 : (n - begun) % 25 === 7 ? 500 : null;
  const { results } = await run('evaluate', '--dataset', 'rows', ...judging, '--name', 'shaky');
  for (const found of Object.values(results!.scorers))
    assert.deepEqual([found.mean, found.n, found.missing], [20 / ROWS, ROWS, 0]);
});

test('Ctrl-C leaves the evaluation running; the name alone comes back to it, and nothing is asked twice', async () => {
  server.trouble.latencyMs = 400;
  const earlier = new Map(server.seen.answered);
  const args = ['evaluate', '--dataset', 'rows', ...judging, '--name', 'left'];
  const left = await attune(args, {
    env: { ATTUNE_DATA: stack.dataDir },
    interruptWhen: (err) => err.includes('verdicts'),
  });
  assert.equal(left.code, 6, left.err);
  assert.match(left.err, /attune evaluate --name left/);
  stack.kill('worker');
  const { results, code, err } = await run('evaluate', '--name', 'left');
  assert.equal(code, 0, err);
  assert.equal(results!.scorers['second']!.n, ROWS);
  const fresh = [...server.seen.answered].filter(([key]) => !earlier.has(key));
  assert.equal(fresh.length, ROWS * 2);
});

test('a comparison finds planted regressions and wins exactly, and refuses other data and other judges', async () => {
  const compare = async (...names: string[]) => {
    const ran = await run('compare', ...names);
    return { ...ran, found: (ran.results as unknown as readonly Compared[] | null)?.[0] };
  };
  const judge = ['--judge', JUDGES[0]!];
  const evaluated = ['evaluate', '--dataset', 'rows@1', '--agent', 'answerer', ...judge];
  for (const [version, bad] of Object.entries({ 1: '3 4 5', 2: '5 6 7 8' })) {
    await run('prompt', 'register', 'answer', file(`answer-${version}.md`, `bad: ${bad} .`));
    const { code, err } = await run(
      ...evaluated,
      '--prompt',
      `answer@${version}`,
      '--name',
      `v${version}`,
    );
    assert.equal(code, 0, err);
  }
  const planted = await compare('v1', 'v2');
  assert.deepEqual(
    [planted.found!.first.prompts, planted.found!.second.prompts],
    [{ answer: 'answer@1' }, { answer: 'answer@2' }],
  );
  assert.deepEqual(ids(planted.found!.regressions), ['row-6', 'row-7', 'row-8'], planted.err);
  assert.deepEqual(ids(planted.found!.wins), ['row-3', 'row-4']);
  assert.ok(Math.abs(planted.found!.difference!.mean + 1 / ROWS) < 1e-9);
  await run('evaluate', '--dataset', 'rows', ...judge, '--name', 'before');
  const changed = rows(20).replace('"good 4"', '"bad 4"').replace('"bad 25"', '"good 25"');
  await run('dataset', 'import', 'rows', file('changed.jsonl', changed), '--pin', 'part');
  await run('evaluate', '--dataset', 'rows', ...judge, '--name', 'other-data');
  const refused = await compare('before', 'other-data');
  assert.equal(refused.code, 2);
  assert.match(refused.err, /dataset versions differ/);
  const same = await compare('before', 'before');
  assert.deepEqual([same.found!.equal, same.found!.wins, same.found!.regressions], [ROWS, [], []]);
  const edited = file(
    'first-2.yaml',
    readFileSync(JUDGES[0]!, 'utf8').replace('question', 'matter'),
  );
  await run('evaluate', '--dataset', 'rows@1', '--judge', edited, '--name', 'other-judge');
  const judged = await compare('before', 'other-judge');
  assert.equal(judged.code, 2);
  assert.match(judged.err, /scored by first@1 and first@2/);
});

test('the trend of an agent marks the planted decline, and sets apart what another judge version scored', async () => {
  await run('prompt', 'register', 'answer', file('answer-3.md', 'bad: 5 6 7 8 9 10 11 12 13 14 .'));
  const args = ['evaluate', '--dataset', 'rows@1', '--agent', 'answerer', '--prompt', 'answer@3'];
  const edited = file(
    'first-3.yaml',
    readFileSync(JUDGES[0]!, 'utf8').replace('question', 'topic'),
  );
  await run(...args, '--judge', 'first@1', '--name', 'v3');
  await run(...args, '--judge', edited, '--name', 'v3-other-judge');
  const page = join(folder, 'trend.html');
  const ran = await run('evaluate', 'trend', 'answerer', '--html', page);
  assert.equal(ran.code, 0, ran.err);
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
  const none = await run('evaluate', 'trend', 'nobody');
  assert.equal(none.code, 2);
  assert.match(none.err, /attune evaluate list/);
});

test('the profile of a run tells time, tokens and cost of the calls of its agent', async () => {
  const { code, err, results } = await run('evaluate', 'profile', 'v1');
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
  const recorded = await run('evaluate', 'profile', 'two');
  assert.deepEqual([recorded.code, /has no traces/.test(recorded.err)], [2, true]);
});

test('sealed rows are left out unless they are opened, which retires them', async () => {
  const judge = ['--judge', JUDGES[1]!];
  const shut = await run('evaluate', '--dataset', 'rows@1', ...judge, '--name', 'shut');
  assert.equal(shut.results!.scorers['second']!.n, ROWS);
  const open = await run('evaluate', '--dataset', 'rows@1', ...judge, '--name', 'open', '--unseal');
  assert.equal(open.code, 0, open.err);
  assert.equal(open.results!.scorers['second']!.n, ROWS + 1);
  const split = await run('dataset', 'split', 'rows@1');
  const { parts } = split.results as unknown as { parts: { sealed: { retired: number } } };
  assert.equal(parts.sealed.retired, 1);
});
