import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeReport } from '../../../contracts/report.ts';
import type { Value } from '../../../contracts/value.ts';
import { adoption } from '../../../domain/align/adopt.ts';
import { agreement } from '../../../domain/statistics/agreement.ts';
import { humanCeiling } from '../../../domain/statistics/ceiling.ts';
import { crossFit } from '../../../domain/align/cross-fit.ts';
import { buildJudgeReport } from '../../../domain/align/judge-report.ts';
import { pairedDifference } from '../../../domain/align/paired.ts';
import { agrees, type JudgedItem } from '../../../domain/align/units.ts';
import { yesNo } from '../align/fixture.ts';

/** One item a conversation; labels by rater. */
const item = (
  at: number,
  labels: Readonly<Record<string, Value>>,
  value: Value | null,
): JudgedItem => ({
  item: `e${at}#h`,
  conversation: `c${at}`,
  labels: Object.entries(labels).map(([rater, said]) => ({ rater, value: said })),
  value,
});
const table = (counts: readonly (readonly [Value, Value, number])[]): readonly JudgedItem[] =>
  counts
    .flatMap(([person, judge, n]) => Array.from({ length: n }, () => [person, judge] as const))
    .map(([person, judge], at) => item(at, { ann: person }, judge));
const near = (found: number | null, expected: number): void =>
  assert.ok(found !== null && Math.abs(found - expected) < 1e-9, `${found} is not ${expected}`);

const fifty = table([
  [true, true, 20],
  [true, false, 5],
  [false, true, 10],
  [false, false, 15],
]);

test('accuracy, kappa, rates, prevalence and confusion are those of the table', () => {
  const found = agreement({ items: fifty, type: yesNo, seed: 's' });
  assert.equal(found.n, 50);
  near(found.accuracy, 0.7);
  near(found.kappa, 0.4);
  near(found.truePositiveRate, 0.8);
  near(found.trueNegativeRate, 0.6);
  near(found.prevalence, 0.5);
  assert.deepEqual(found.confusion, {
    true: { true: 20, false: 5 },
    false: { true: 10, false: 15 },
  });
  // Asymptotic standard error of this kappa: 0.1270 (Fleiss, Cohen and Everitt 1969).
  const { low, high } = found.kappaInterval!;
  assert.ok(low < 0.4 && high > 0.4 && Math.abs(high - low - 2 * 1.96 * 0.127) < 0.08);
  assert.ok(found.kappaLower90! > low && found.kappaLower90! < 0.4);
});

test('intervals are the same for the same seed and any order of items', () => {
  const found = agreement({ items: fifty, type: yesNo, seed: 's' });
  assert.deepEqual(agreement({ items: fifty.toReversed(), type: yesNo, seed: 's' }), found);
  const other = agreement({ items: fifty, type: yesNo, seed: 'other' });
  assert.notDeepEqual(other.kappaInterval, found.kappaInterval);
});

const width = (items: readonly JudgedItem[]) => {
  const { low, high } = agreement({ items, type: yesNo, seed: 's' }).kappaInterval!;
  return high - low;
};

test('rows of one conversation count as one observation in the intervals', () => {
  const grouped = fifty.map((each, at) => ({ ...each, conversation: `c${Math.floor(at / 5)}` }));
  assert.ok(width(grouped) > 1.4 * width(fifty));
});

test('a contested item is scored against each of its raters', () => {
  const found = agreement({
    items: [item(0, { ann: true, bob: false }, true), item(1, { ann: true, bob: true }, true)],
    type: yesNo,
    seed: 's',
  });
  assert.deepEqual([found.n, found.contested], [3, 1]);
  near(found.accuracy, 2 / 3);
});

test('labels of one class, one label, and no label give what can be given, never a number made up', () => {
  const oneClass = agreement({ items: table([[true, true, 10]]), type: yesNo, seed: 's' });
  assert.deepEqual(
    [oneClass.accuracy, oneClass.kappa, oneClass.kappaInterval, oneClass.trueNegativeRate],
    [1, null, null, null],
  );
  assert.equal(oneClass.undefinedResamples, 2000);
  const rare = agreement({
    items: table([
      [true, true, 30],
      [false, false, 1],
    ]),
    type: yesNo,
    seed: 's',
  });
  near(rare.kappa, 1);
  // A third of the resamples miss the one negative: the interval is refused.
  assert.equal(rare.kappaInterval, null);
  assert.ok(rare.undefinedResamples > 500);
  const one = agreement({ items: table([[true, false, 1]]), type: yesNo, seed: 's' });
  assert.deepEqual([one.n, one.accuracy, one.kappa, one.kappaInterval], [1, 0, 0, null]);
  const none = agreement({ items: [], type: yesNo, seed: 's' });
  assert.deepEqual([none.n, none.accuracy, none.kappa, none.confusion], [0, null, null, {}]);
});

test('an item without a verdict is counted as missing and in no figure', () => {
  const found = agreement({
    items: [...fifty, item(99, { ann: true }, null)],
    type: yesNo,
    seed: 's',
  });
  assert.deepEqual([found.n, found.missing], [50, 1]);
});

test('each rater stands beside the judge on the items that others rated too', () => {
  const items = [
    item(0, { ann: true, bob: true }, true),
    item(1, { ann: true, bob: false }, false),
    item(2, { ann: false }, false),
    item(3, { ann: true, bob: true, cid: false }, true),
  ];
  assert.deepEqual(humanCeiling(items, yesNo), [
    { rater: 'ann', n: 3, accuracy: 0.5, judgeAccuracy: 2 / 3 },
    { rater: 'bob', n: 3, accuracy: 0.5, judgeAccuracy: 1 },
    { rater: 'cid', n: 1, accuracy: 0, judgeAccuracy: 0 },
  ]);
});

/** Items where the aligned judge wins, loses, or both are right. */
const paired = (wins: number, losses: number, same: number) =>
  table([[true, true, wins + losses + same]]).map((each, at) => ({
    ...each,
    base: at >= wins,
    aligned: at < wins || at >= wins + losses,
  }));

const decide = (wins: number, losses: number, same: number) => {
  const difference = pairedDifference({
    items: paired(wins, losses, same),
    type: yesNo,
    seed: 's',
  });
  return { difference, ...adoption(difference) };
};

test('the paired difference and its bound decide on adoption as the rule says', () => {
  const better = decide(12, 2, 46);
  near(better.difference!.mean, 10 / 60);
  assert.ok(better.adopted && better.difference!.lower90 > 0);
  assert.match(better.why, /\+16\.7 points on 60 labels/);
  assert.equal(decide(0, 0, 60).adopted, false);
  assert.equal(decide(2, 5, 53).adopted, false);
  // Above 0, but so uncertain that the bound is below -0.10.
  const unsure = decide(9, 8, 3);
  assert.ok(unsure.difference!.mean > 0 && unsure.difference!.lower90 <= -0.1);
  assert.equal(unsure.adopted, false);
  // One win among many: adopted by the rule, without the claim.
  const slight = decide(1, 0, 59);
  assert.ok(slight.adopted);
  assert.match(slight.why, /not shown/);
  assert.equal(decide(1, 0, 0).adopted, false, 'one conversation gives no bound');
  assert.equal(adoption(null).adopted, false);
});

test('the judge report follows its schema, with and without an aligned judge', () => {
  const items = paired(12, 2, 46);
  const parts = { method: 'held-out', type: yesNo, items, seed: 's' } as const;
  const guidelines = [{ id: 'g', text: 'a rule', sources: ['a', 'b'] }];
  const report = judgeReport.parse(
    buildJudgeReport({ ...parts, memory: { guidelines, snapshots: 40 } }),
  );
  assert.deepEqual(
    [report.adopted, report.snapshots, report.guidelines],
    [true, 40, [{ text: 'a rule', sources: 2 }]],
  );
  const without = judgeReport.parse(
    buildJudgeReport({ ...parts, memory: { none: 'distill-1: no answer' } }),
  );
  assert.deepEqual([without.adopted, without.aligned, without.difference], [false, null, null]);
  assert.equal(without.why, 'distill-1: no answer; the base judge stays');
});

test('each item is tested in one fold, by a judge that saw nothing of its conversation', () => {
  const items = Array.from({ length: 47 }, (_, at) => ({
    item: `i${at}`,
    conversation: `c${at % 23}`,
  }));
  const folds = crossFit(items, 'salt');
  assert.equal(folds.length, 5);
  assert.deepEqual(
    folds.flatMap(({ test: tested }) => tested).sort(),
    items.map(({ item: name }) => name).sort(),
  );
  const conversation = new Map(items.map((each) => [each.item, each.conversation]));
  for (const fold of folds) {
    const seen = new Set(fold.train.map((name) => conversation.get(name)));
    assert.ok(fold.test.every((name) => !seen.has(conversation.get(name))));
    assert.equal(fold.train.length + fold.test.length, 47);
  }
  assert.deepEqual(crossFit(items.toReversed(), 'salt'), folds);
});

test('numbers a twentieth of their range apart agree, wherever on the range they lie', () => {
  for (let at = 0; at < 20; at += 1)
    for (const type of [
      { type: 'number', min: 0, max: 1 },
      { type: 'number', min: 1, max: 5 },
    ] as const) {
      const place = (n: number) => Number((type.min + (n / 20) * (type.max - type.min)).toFixed(2));
      assert.ok(agrees(type, [place(at), place(at + 1)]), `${place(at)} and ${place(at + 1)}`);
      if (at < 19) assert.ok(!agrees(type, [place(at), place(at + 2)]));
    }
});
