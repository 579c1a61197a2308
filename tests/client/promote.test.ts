import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { attune, attuneHere, type Ran } from './cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-promote-'));
after(() => rmSync(folder, { recursive: true, force: true }));

type Row = { readonly failed?: true; readonly cluster?: string } & Readonly<
  Record<string, unknown>
>;

/** Writes an evaluation of so many examples, one trial each. */
function evaluation(name: string, count: number, rowOf: (i: number) => Row): string {
  const path = join(folder, name);
  const lines = Array.from({ length: count }, (_, i) => {
    const { failed, cluster, ...scores } = rowOf(i);
    const extra = { ...(failed && { failed }), ...(cluster !== undefined && { cluster }) };
    return JSON.stringify({ example_id: `e${i}`, ...extra, trial: 0, scores });
  });
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const half = evaluation('half.jsonl', 120, (i) => ({ quality: i % 2 }));
const most = evaluation('most.jsonl', 120, (i) => ({ quality: i % 10 === 0 ? 0 : 1 }));
const few = evaluation('few.jsonl', 12, (i) => ({ quality: i % 2 }));
const shuffled = evaluation('shuffled.jsonl', 120, (i) => ({ quality: (i >> 1) % 2 }));

const pair = (a: string, b: string, ...more: readonly string[]) => {
  const files = [a, b].flatMap((given) => ['--evaluation', given]);
  return ['promote', ...files, ...more];
};

type Printed = Readonly<Record<string, unknown>> & {
  readonly verdict: string;
  readonly estimate: number;
  readonly p: number;
  readonly lower: number;
  readonly upper: number;
  readonly guardrails: readonly { readonly metric: string; readonly state: string }[];
  readonly missing: { readonly finalist: { readonly missing: number } };
  readonly notes: readonly string[];
};
const printed = ({ out }: Ran): Printed => JSON.parse(out) as Printed;

test('each verdict on two files has its exit code, without a stack', async () => {
  const [promote, reject, inconclusive, unmeasurable] = await Promise.all([
    attune(pair(half, most, '--json')),
    attune(pair(most, half, '--json')),
    attune(pair(half, shuffled, '--json')),
    attune(pair(few, few, '--json')),
  ]);
  assert.deepEqual(
    [promote, reject, inconclusive, unmeasurable].map((ran) => [printed(ran).verdict, ran.code]),
    [
      ['promote', 0],
      ['reject', 3],
      ['inconclusive', 4],
      ['unmeasurable', 5],
    ],
  );
  assert.equal(promote.err, '');
});

test('--json prints one object with every figure of the verdict', async () => {
  const verdict = printed(await attuneHere(pair(half, most, '--json')));
  for (const field of ['estimate', 'p', 'lower', 'upper'] as const)
    assert.equal(typeof verdict[field], 'number', field);
  assert.ok(Math.abs(verdict.estimate - 0.4) < 1e-12);
  assert.ok(verdict.lower > 0 && verdict.upper < 1 && verdict.lower < verdict.upper);
  assert.equal(verdict['alpha'], 0.05);
  assert.equal(verdict['margin'], 0);
  assert.deepEqual(verdict.missing.finalist, { missing: 0, expected: 120 });
  assert.ok('clustersNeeded' in verdict);
  assert.match(verdict.notes.join(' '), /Looks not counted/);
  assert.deepEqual(
    verdict.guardrails.map(({ metric, state }) => [metric, state]),
    [['error_rate', 'holds']],
  );
});

test('a person reads verdict, arms, guardrails and that no alias was moved', async () => {
  const { code, out } = await attuneHere(pair(half, most));
  assert.equal(code, 0);
  assert.match(out, /Verdict: promote\./);
  assert.match(out, /incumbent +50\.0 %/);
  assert.match(out, /\+40\.0 points/);
  assert.match(out, /Looks not counted/);
  assert.match(out, /No alias was moved/);
});

test('a margin of the policy above the gain turns the verdict, and its faults have a line', async () => {
  const strictPolicy = file('policy.yaml', 'alpha: 0.05\nmargin: 0.45\n');
  const raised = printed(await attuneHere(pair(half, most, '--policy', strictPolicy, '--json')));
  assert.notEqual(raised.verdict, 'promote');
  assert.equal(raised['margin'], 0.45);
  const bad = file('bad.yaml', 'alpha: 0.05\nmargin: 0.1\ndelta: 0.1\n');
  const refused = await attuneHere(pair(half, most, '--policy', bad));
  assert.equal(refused.code, 2);
  assert.match(refused.err, /bad\.yaml:3: delta: must be above the margin/);
});

test('a better mean that is worse on safety is rejected by its guardrail', async () => {
  const before = evaluation('safe.jsonl', 120, (i) => ({ quality: i % 2, safety: 1 }));
  const later = evaluation('rash.jsonl', 120, (i) => ({ quality: 1, safety: i % 3 === 0 ? 0 : 1 }));
  const options = ['--metric', 'quality', '--json', '--guardrail'];
  const floor = await attuneHere(pair(before, later, ...options, 'safety:min=0.95'));
  assert.deepEqual([printed(floor).verdict, floor.code], ['reject', 3]);
  const margin = await attuneHere(pair(before, later, ...options, 'safety:margin=0.05'));
  assert.deepEqual([printed(margin).verdict, margin.code], ['reject', 3]);
  const both = printed(
    await attuneHere(
      pair(before, later, ...options, 'safety:min=0.95', '--guardrail', 'quality:min=0.4'),
    ),
  );
  assert.deepEqual(
    both.guardrails.map(({ metric, state }) => [metric, state]),
    [
      ['safety', 'broken'],
      ['quality', 'holds'],
      ['error_rate', 'holds'],
    ],
  );
});

test('errors on one side are unmeasurable when ours, and a rejection when the agent failed', async () => {
  const lost = evaluation('lost.jsonl', 120, (i) => ({ quality: i % 10 < 3 ? null : 1 }));
  const missing = await attuneHere(pair(half, lost, '--json'));
  assert.deepEqual([printed(missing).verdict, missing.code], ['unmeasurable', 5]);
  assert.equal(printed(missing).missing.finalist.missing, 36);
  const failing = evaluation('failing.jsonl', 120, (i) =>
    i % 10 < 3 ? { quality: null, failed: true } : { quality: 1 },
  );
  const failed = printed(await attuneHere(pair(half, failing, '--json')));
  assert.equal(failed.verdict, 'reject');
  assert.equal(failed.missing.finalist.missing, 0);
  assert.ok(Math.abs(failed.estimate - 0.2) < 1e-12, 'a failure has the lowest score');
});

test('rows of one conversation count as one', async () => {
  const before = evaluation('c-a.jsonl', 120, (i) => ({
    quality: i % 2,
    cluster: `conversation ${i % 15}`,
  }));
  const later = evaluation('c-b.jsonl', 120, (i) => ({
    quality: 1,
    cluster: `conversation ${i % 15}`,
  }));
  const verdict = printed(await attuneHere(pair(before, later, '--json')));
  assert.equal(verdict['clusters'], 15);
  assert.equal(verdict.verdict, 'unmeasurable');
});

test('bad input ends with 2 and names file and line, also as JSON', async () => {
  const broken = file(
    'broken.jsonl',
    '{"example_id": "a", "trial": 0, "scores": {"quality": 1}}\n{"example_id": "b"\n',
  );
  const ran = await attune(pair(half, broken));
  assert.deepEqual([ran.code, ran.out], [2, '']);
  assert.match(ran.err, /broken\.jsonl, line 2: not JSON/);
  const { err } = await attuneHere(pair(broken, half, '--json'));
  const { error } = JSON.parse(err) as { error: { kind: string; message: string } };
  assert.equal(error.kind, 'EvaluationFileError');
  assert.match(error.message, /line 2/);
});

test('invalid use ends with 2 and the remedy', async () => {
  const refused = [
    [['promote', '--evaluation', half], /given 1 times; give two files/],
    [pair(half, join(folder, 'nowhere.jsonl')), /nowhere\.jsonl: there is no such file/],
    [pair(half, most, '--metric', 'qualty'), /`qualty`: no row has it; the rows have quality/],
    [pair(half, most, '--guardrail', 'quality:least=1'), /NAME:min=X/],
    [pair(half, most, '--guardrail', 'safety:min=1'), /`safety`: no row has it/],
  ] as const;
  for (const [args, message] of refused) {
    const { code, err } = await attuneHere(args);
    assert.equal(code, 2, err);
    assert.match(err, message);
  }
});
