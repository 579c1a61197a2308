import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EvaluationFileError, parseEvaluation } from '../../../domain/promote/evaluation-file.ts';
import { decideEvaluations, MetricError } from '../../../domain/promote/evaluation-verdict.ts';
import { GuardrailOptionError, parseGuardrail } from '../../../domain/promote/guardrail-option.ts';
import { policyOf } from './gate-fixture.ts';

const jsonl = (count: number, scoresOf: (i: number) => object) =>
  Array.from({ length: count }, (_, i) =>
    JSON.stringify({ example_id: `e${i}`, trial: 0, ...scoresOf(i) }),
  ).join('\n');

const weak = parseEvaluation(
  jsonl(100, (i) => ({ scores: { quality: i % 2, safety: 1, latency_ms: 200 } })),
  'a.jsonl',
);
const strong = parseEvaluation(
  jsonl(100, (i) => ({ scores: { quality: i % 10 ? 1 : 0, safety: 1, latency_ms: 210 } })),
  'b.jsonl',
);
const base = { incumbent: weak, finalist: strong, policy: policyOf(), guardrails: [] };

test('two evaluations made elsewhere get a verdict that says looks were not counted', () => {
  const verdict = decideEvaluations({ ...base, metric: 'quality' });
  assert.equal(verdict.verdict, 'promote');
  assert.equal(verdict.alpha, 0.05);
  assert.equal(verdict.estimate, 0.4);
  assert.deepEqual(verdict.missing.finalist, { missing: 0, expected: 100 });
  assert.match(verdict.notes.join(' '), /Looks not counted/);
});

test('guardrails from options are tested, latency as a ratio', () => {
  const guardrails = ['safety:min=0.95', 'latency_ms:margin=0.1'].map(parseGuardrail);
  const verdict = decideEvaluations({ ...base, metric: 'quality', guardrails });
  assert.deepEqual(
    verdict.guardrails.map(({ metric, state }) => [metric, state]),
    [
      ['safety', 'holds'],
      ['latency_ms', 'holds'],
      ['error_rate', 'holds'],
    ],
  );
});

test('the metric must be named when there are several, and must exist', () => {
  assert.throws(() => decideEvaluations(base), /--metric.*quality, safety/);
  assert.throws(() => decideEvaluations({ ...base, metric: 'qualty' }), MetricError);
  assert.throws(() => decideEvaluations({ ...base, metric: 'latency_ms' }), MetricError);
  const guarded = { ...base, guardrails: [parseGuardrail('safety:min=0.9')] };
  assert.equal(decideEvaluations(guarded).metric, 'quality');
  const guardrails = [parseGuardrail('toxicity:max=0.1')];
  assert.throws(() => decideEvaluations({ ...base, metric: 'quality', guardrails }), MetricError);
});

test('an example in one file only is missing in the other arm', () => {
  const { missing, verdict } = decideEvaluations({
    ...base,
    metric: 'quality',
    finalist: { ...strong, rows: strong.rows.slice(0, 90) },
  });
  assert.deepEqual(missing.finalist, { missing: 10, expected: 100 });
  assert.equal(verdict, 'unmeasurable');
});

const isAtLine = (line: number, pattern: RegExp) => (error: unknown) =>
  error instanceof EvaluationFileError && error.line === line && pattern.test(error.message);
test('a bad line is refused with its number and the reason', () => {
  const good = '{"example_id": "a", "trial": 0, "scores": {"q": 1}}';
  assert.throws(
    () => parseEvaluation(`${good}\n\n{"example_id"`, 'a.jsonl'),
    isAtLine(3, /not JSON/),
  );
  assert.throws(
    () => parseEvaluation(`${good}\n{"example_id": "b", "trial": 0, "scores": {"q": "high"}}`, 'a'),
    isAtLine(2, /scores\.q/),
  );
  assert.throws(() => parseEvaluation(`{"exmple_id": "b"}`, 'a'), isAtLine(1, /exmple_id/));
  assert.throws(() => parseEvaluation('\n', 'a'), isAtLine(1, /no rows/));
});

const fileOf = (file: string, ...rows: readonly object[]) =>
  parseEvaluation(rows.map((row) => JSON.stringify({ trial: 0, ...row })).join('\n'), file);
const one = { example_id: 'a', scores: { q: 1 } };

const decideOn = (incumbent: readonly object[], finalist: readonly object[]) => () =>
  decideEvaluations({
    incumbent: fileOf('a.jsonl', ...incumbent),
    finalist: fileOf('b.jsonl', ...finalist),
    policy: policyOf(),
    guardrails: [],
  });

test('lines that contradict each other are refused with the later one', () => {
  assert.throws(decideOn([one, one], [one]), isAtLine(2, /a\.jsonl.*stands on line 1/));
  const elsewhere = { ...one, cluster: 'y' };
  assert.throws(
    decideOn([one, { ...one, trial: 1, cluster: 'x' }], [elsewhere]),
    isAtLine(1, /b\.jsonl.*cluster `y`, but `x` in a\.jsonl, line 2/),
  );
  assert.throws(
    decideOn([one], [one, { example_id: 'b', scores: { q: 7 } }]),
    isAtLine(2, /q is 7; scale/),
  );
});

test('a score nobody asks for may have any scale; one a guardrail asks for may not', () => {
  const wide = fileOf('a', { ...one, scores: { q: 1, tokens: 512 } });
  const both = { ...base, incumbent: wide, finalist: wide, metric: 'q' };
  assert.equal(decideEvaluations(both).verdict, 'unmeasurable');
  const guardrails = [parseGuardrail('tokens:margin=0.1')];
  assert.throws(() => decideEvaluations({ ...both, guardrails }), isAtLine(1, /tokens is 512/));
});

test('guardrail options are read, and bad ones refused with the forms that work', () => {
  assert.deepEqual(parseGuardrail('safety:margin=0.02'), {
    metric: 'safety',
    direction: 'higher',
    margin: 0.02,
    ifIncumbentBreaks: 'block',
  });
  assert.equal(parseGuardrail('error_rate:margin=0.01').direction, 'lower');
  assert.equal(parseGuardrail('safety:min=1,tolerated=0.05').tolerated, 0.05);
  for (const bad of [
    'safety',
    'safety:',
    'safety:min=',
    'safety:most=1',
    ':min=1',
    'a:min=1,margin=1',
  ])
    assert.throws(() => parseGuardrail(bad), GuardrailOptionError, bad);
});
