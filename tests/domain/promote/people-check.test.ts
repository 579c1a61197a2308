import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ppiMean } from '../../../domain/statistics/ppi.ts';
import { judgeRates, roganGladen } from '../../../domain/statistics/rogan-gladen.ts';
import { createStream } from '../../../domain/statistics/stream.ts';
import type { Label } from '../../../contracts/label.ts';
import type { Stream } from '../../../domain/statistics/stream.ts';
import { decide, policyOf, recordsOf } from './gate-fixture.ts';
import {
  checkedExamples,
  type GateOutput,
  itemsToCheck,
  scoresByPeople,
} from '../../../domain/promote/checked-outputs.ts';
import { checkByPeople, clustersToCheck } from '../../../domain/promote/people-check.ts';
import type { CheckedExample } from '../../../domain/promote/people-check.ts';

const flip = (stream: Stream, chance: number) => (stream.uniform() < chance ? 1 : 0);

/** Equal prompts; the judge passes 40 % of the finalist's failures and 10 % of the incumbent's. */
function fooled(stream: Stream, count: number): CheckedExample[] {
  const clusters = Array.from({ length: count }, (_, g) => `c${g}`);
  const checked = new Set(clustersToCheck({ clusters, seed: String(stream.word()), count: 60 }));
  return clusters.map((cluster) => {
    const person = { incumbent: flip(stream, 0.6), finalist: flip(stream, 0.6) };
    const judge = {
      incumbent: person.incumbent === 1 ? 1 : flip(stream, 0.1),
      finalist: person.finalist === 1 ? 1 : flip(stream, 0.4),
    };
    return { example: cluster, cluster, judge, person: checked.has(cluster) ? person : null };
  });
}

test('the people interval covers no difference where the judge alone sees a gain', () => {
  const stream = createStream('fooled judge');
  const gates = 300;
  let [covered, judged] = [0, 0];
  for (let gate = 0; gate < gates; gate += 1) {
    const examples = fooled(stream, 200);
    const { corrected } = checkByPeople(examples);
    if (corrected !== null && corrected.lower <= 0 && corrected.upper >= 0) covered += 1;
    judged += examples.reduce((sum, e) => sum + e.judge.finalist - e.judge.incumbent, 0) / 200;
  }
  assert.ok(covered / gates > 0.915 && covered / gates < 0.985, `covered ${covered} of ${gates}`);
  assert.ok(Math.abs(judged / gates - 0.12) < 0.02, `judge says ${judged / gates}`);
});

test('arm-specific rates take the false gain away', () => {
  const check = checkByPeople(fooled(createStream('rogan gladen'), 3_000));
  assert.equal(check.clusters, 60);
  assert.ok((check.rates.finalist?.trueNegative ?? 1) < (check.rates.incumbent?.trueNegative ?? 0));
  assert.ok(Math.abs(check.roganGladen ?? 1) < 0.15, `${check.roganGladen}`);
});

test('PPI++ by hand: a perfect judge lends its whole word, an unrelated one none', () => {
  const labelled = [0, 1, 0, 1].map((value) => ({ person: value, judge: value, size: 1 }));
  const unlabelled = [1, 1, 0, 1].map((judge) => ({ judge, size: 1 }));
  const perfect = ppiMean({ labelled, unlabelled });
  // Covariance 1/4, variance over all eight 15/56, n / N = 1: lambda = (1/4) / (2 * 15/56) = 7/15.
  assert.ok(Math.abs((perfect?.lambda ?? 0) - 7 / 15) < 1e-12);
  assert.ok(Math.abs((perfect?.estimate ?? 0) - (0.5 + (7 / 15) * 0.25)) < 1e-12);
  const against = labelled.map((row) => ({ ...row, judge: 1 - row.person }));
  assert.equal(ppiMean({ labelled: against, unlabelled })?.lambda, 0);
  assert.equal(ppiMean({ labelled, unlabelled: [] }), null);
});

test('Rogan and Gladen: an apparent 0.52 under rates 0.9 and 0.8 is 0.457; a weak judge gives none', () => {
  const rate = roganGladen(0.52, { truePositive: 0.9, trueNegative: 0.8 });
  assert.ok(Math.abs((rate ?? 0) - 0.32 / 0.7) < 1e-12);
  assert.equal(roganGladen(0.5, { truePositive: 0.7, trueNegative: 0.5 }), null);
  // In binary 0.7 + 0.6 - 1 falls short of 0.3.
  assert.ok(Math.abs(roganGladen(0.5, { truePositive: 0.7, trueNegative: 0.6 })! - 1 / 3) < 1e-12);
  assert.equal(judgeRates([{ person: true, judge: true }]), null);
});

test('the subsample is fixed by the seed and does not depend on the order of clusters', () => {
  const clusters = Array.from({ length: 100 }, (_, g) => `c${g}`);
  const chosen = clustersToCheck({ clusters, seed: 'a' });
  assert.equal(chosen.length, 30);
  assert.deepEqual(clustersToCheck({ clusters: [...clusters].reverse(), seed: 'a' }), chosen);
  assert.notDeepEqual(clustersToCheck({ clusters, seed: 'b' }), chosen);
});

test('a win by the judge is rejected when people see a loss', () => {
  const records = recordsOf([40, 0, 1], [60, 1, 1]);
  assert.equal(decide(records).report.verdict, 'promote');
  const examples = Array.from({ length: 100 }, (_, g) => ({
    example: `e${g}`,
    cluster: `c${g}`,
    judge: { incumbent: g < 40 ? 0 : 1, finalist: 1 },
    person: g % 3 === 0 ? { incumbent: 1, finalist: g % 2 } : null,
  }));
  const { report } = decide(records, { people: examples });
  assert.equal(report.verdict, 'reject');
  assert.match(report.reasons[0] ?? '', /corrected by people/);
  assert.match(
    report.notes.join(' '),
    /People, blind to the arm, checked both outputs of 34 examples/,
  );
});

const YES_NO = { type: 'boolean', pass: true } as const;

const OUTPUTS = Array.from({ length: 40 }, (_, g) => g).flatMap((g) =>
  (['incumbent', 'finalist'] as const).flatMap((arm) =>
    [0, 1].map((trial): GateOutput => ({
      example: `e${g}`,
      cluster: `c${g}`,
      arm,
      trial,
      status: g === 5 && arm === 'finalist' ? 'failed' : 'ok',
      // The arms of every fourth example agree word for word.
      outputHash: g % 4 === 0 ? `same-${g}` : `${arm}-${g}-${trial}`,
      traceId: `t-${arm}-${g}-${trial}`,
      score: arm === 'finalist' ? 1 : 0,
    })),
  ),
);
const SAMPLE = { outputs: OUTPUTS, seed: 'a policy', count: 40 };

test('people are shown first trials of both arms, each output once, in an order that tells no arm', () => {
  const items = itemsToCheck(SAMPLE);
  assert.equal(items.length, 10 + 30 * 2 - 1, 'equal outputs once, a failure not at all');
  assert.deepEqual(itemsToCheck({ ...SAMPLE, outputs: OUTPUTS.toReversed() }), items);
  const arms = items.map(({ outputHash }) => outputHash.startsWith('finalist'));
  const runs = arms.filter((arm, place) => place > 0 && arm !== arms[place - 1]).length;
  assert.ok(runs > 15, `${runs} changes of arm among ${items.length} items`);
});

test('a label stands for both arms where the outputs are equal; a failure scores 0 without one', () => {
  const labels = itemsToCheck(SAMPLE).map(({ example, outputHash }) => ({
    id: `${example}${outputHash}`,
    name: 'quality',
    rater: 'ada',
    traceId: 't',
    example,
    outputHash,
    value: outputHash.startsWith('finalist'),
    rationale: null,
    session: 's',
    late: example === 'e7',
    withdrawn: false,
    extras: null,
    createdAt: '2026-01-01',
  }));
  const people = scoresByPeople(labels, YES_NO);
  const found = checkedExamples({ ...SAMPLE, people });
  const of = (example: string) => found.find((at) => at.example === example)?.person;
  assert.deepEqual(of('e4'), { incumbent: 0, finalist: 0 });
  assert.deepEqual(of('e1'), { incumbent: 0, finalist: 1 });
  assert.deepEqual(of('e5'), { incumbent: 0, finalist: 0 });
  assert.equal(of('e7'), null, 'late labels do not count');
  const fewer = checkedExamples({ ...SAMPLE, count: 12, people });
  assert.equal(new Set(fewer.filter((at) => at.person !== null).map((at) => at.cluster)).size, 12);
});

const labelledOf = (labelled: number): CheckedExample[] =>
  Array.from({ length: 100 }, (_, g) => ({
    example: `e${g}`,
    cluster: `c${g}`,
    judge: { incumbent: g < 40 ? 0 : 1, finalist: 1 },
    person: g < labelled ? { incumbent: 0, finalist: 1 } : null,
  }));

test('a check that people left undone makes the gate unmeasurable', () => {
  const policy = policyOf({ peopleCheck: {} });
  const records = recordsOf([40, 0, 1], [60, 1, 1]);
  const undone = decide(records, { policy, people: labelledOf(19) }).report;
  assert.equal(undone.verdict, 'unmeasurable');
  assert.match(undone.reasons[0] ?? '', /labelled 19 of 30 conversations in full/);
  assert.equal(decide(records, { policy, people: labelledOf(20) }).report.verdict, 'promote');
});

test('a loss that everybody sees on every output is a rejection, though nothing spreads', () => {
  const people = Array.from({ length: 30 }, (_, g) => ({
    example: `e${g}`,
    cluster: `c${g}`,
    judge: { incumbent: 0, finalist: 1 },
    person: { incumbent: 1, finalist: 0 },
  }));
  const { report } = decide(recordsOf([60, 0, 1]), { people });
  assert.equal(report.verdict, 'reject');
  assert.equal(report.people?.corrected, null);
});

test('a difference that people see to be exactly the margin is no rejection by rounding', () => {
  // In binary 0.3 - 0.2 falls short of 0.1.
  const policy = policyOf({ margin: 0.1 });
  for (const labelled of [25, 40, 60]) {
    const people = Array.from({ length: 60 }, (_, g) => ({
      example: `e${g}`,
      cluster: `c${g}`,
      judge: { incumbent: 0, finalist: 1 },
      person: g < labelled ? { incumbent: 0.2, finalist: 0.3 } : null,
    }));
    const { report } = decide(recordsOf([60, 0, 1]), { policy, people });
    assert.equal(report.verdict, 'promote', `${labelled} labelled`);
  }
});

const labelBy = (rater: string, value: boolean): Label => ({
  id: rater,
  name: 'quality',
  rater,
  traceId: 't',
  example: 'e1',
  outputHash: 'h',
  value,
  rationale: null,
  session: 's',
  late: false,
  withdrawn: false,
  extras: null,
  createdAt: '2026-01-01',
});

test('two raters of one output give the mean of their scores', () => {
  const people = scoresByPeople([labelBy('ada', true), labelBy('ben', false)], YES_NO);
  assert.deepEqual([...people], [['e1#h', 0.5]]);
});
