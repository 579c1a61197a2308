import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Label } from '../../../contracts/label.ts';
import type { Value, ValueType } from '../../../contracts/value.ts';
import { consensusOf, currentLabels } from '../../../domain/label/consensus.ts';
import { countLabels } from '../../../domain/label/count.ts';
import { ratingsOfItems } from '../../../domain/label/ratings.ts';
import { reliabilityOf } from '../../../domain/statistics/reliability.ts';
import { type Candidate, selectItems } from '../../../domain/label/select.ts';

const yesNo: ValueType = { type: 'boolean', pass: true };
const stars: ValueType = { type: 'integer', min: 1, max: 5 };
const grades: ValueType = {
  type: 'categories',
  categories: { good: 1, bad: 0, fair: 0.5 },
  ordinal: true,
};

const label = (example: string, rater: string, value: Value, more: Partial<Label> = {}): Label => ({
  id: `${example}${rater}${more.createdAt ?? ''}`,
  name: 'routing',
  rater,
  traceId: `t-${example}`,
  example,
  outputHash: 'h',
  value,
  rationale: null,
  session: null,
  late: false,
  withdrawn: false,
  extras: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  ...more,
});

const consensus = (type: ValueType, ...values: readonly Value[]) => {
  const found = consensusOf(
    values.map((value, at) => ({ rater: `r${at}`, value })),
    type,
  );
  return found?.kind === 'value' ? found.value : (found?.kind ?? null);
};

test('the majority is the consensus, and one rater is a majority', () => {
  assert.equal(consensus(yesNo, true), true);
  assert.equal(consensus(yesNo, true, false, false), false);
  assert.equal(consensus(stars, 1, 1, 5), 1);
  assert.equal(consensus(yesNo), null);
});

test('two neighbours on a scale give the lower value, further apart is contested', () => {
  assert.equal(consensus(stars, 4, 3), 3);
  assert.equal(consensus(stars, 1, 3), 'contested');
  assert.equal(consensus(grades, 'good', 'fair'), 'fair');
  assert.equal(consensus(grades, 'fair', 'bad'), 'bad');
  assert.equal(consensus(grades, 'good', 'bad'), 'contested');
  assert.equal(consensus(grades, 'good', 'not applicable'), 'contested');
});

test('ties are contested: off a scale, among more than two raters, and in a continuous range', () => {
  assert.equal(consensus(yesNo, true, false), 'contested');
  assert.equal(consensus(stars, 1, 2, 3), 'contested');
  assert.equal(consensus(stars, 1, 1, 2, 2), 'contested');
  assert.equal(consensus({ type: 'number', min: 0, max: 10 }, 3, 4), 'contested');
});

test('a later label of the same rater supersedes, and labels come ordered by item and rater', () => {
  const current = currentLabels([
    label('b', 'ann', true),
    label('a', 'bob', true),
    label('a', 'ann', false, { createdAt: '2026-01-02T00:00:00.000Z' }),
    label('a', 'ann', true),
  ]);
  assert.deepEqual(
    current.map(({ example, rater, value }) => [example, rater, value]),
    [
      ['a', 'ann', false],
      ['a', 'bob', true],
      ['b', 'ann', true],
    ],
  );
});

test('on an ordinal level `not applicable` is a missing label, on a nominal one a value', () => {
  const items = ['a', 'b', 'c'].map((example) => ({ example, outputHash: 'h', weight: 1 }));
  const labels = [
    label('a', 'ann', 'good'),
    label('a', 'bob', 'good'),
    label('b', 'ann', 'bad'),
    label('b', 'bob', 'not applicable'),
    label('c', 'ann', 'fair'),
    label('c', 'bob', 'bad'),
  ];
  const at = { type: grades, clusters: new Map() };
  const ordinal = reliabilityOf(ratingsOfItems(items, labels, { ...at, ordinal: true }), {
    seed: 's',
    order: ['bad', 'fair', 'good'],
    resamples: 20,
  });
  assert.deepEqual([ordinal.items, ordinal.labels], [3, 5]);
  // By hand: observed 2 x 1; expected 2 (1 x 1 + 2 x 1.5^2 + 2 x 2.5^2) / 3 over n = 4.
  assert.ok(Math.abs(ordinal.alpha! - 5 / 6) < 1e-12);
  const nominal = reliabilityOf(ratingsOfItems(items, labels, { ...at, ordinal: false }), {
    seed: 's',
    resamples: 20,
  });
  assert.equal(nominal.labels, 6);
  assert.ok('not applicable' in nominal.prevalence);
});

test('counts leave out late labels, other judges, other items and superseded values', () => {
  const counts = countLabels({
    session: { minimum: 2, target: 6, judge: 'routing', kind: 'round', ratersPerItem: 2 },
    items: ['a', 'b', 'c'].map((example) => ({ example, outputHash: 'h' })),
    labels: [
      label('a', 'ann', true),
      label('a', 'bob', true),
      label('b', 'ann', true),
      label('b', 'bob', false),
      label('c', 'ann', true),
      label('c', 'ann', false, { createdAt: '2026-01-02T00:00:00.000Z' }),
      label('c', 'bob', true, { late: true }),
      label('a', 'cid', true, { name: 'tone' }),
      label('d', 'ann', true),
      label('a', 'dan', true, { outputHash: 'other' }),
    ],
    type: yesNo,
  });
  assert.deepEqual(counts, {
    labels: 5,
    target: 6,
    items: 3,
    consensus: 2,
    contested: 1,
    skipped: 0,
    minimum: 2,
    values: 2,
  });
});

const candidates: readonly Candidate[] = Array.from({ length: 200 }, (_, at) => ({
  example: `e${at}`,
  outputHash: 'h',
  traceId: `t${at}`,
  part: at % 4 === 0 ? 'judge-test' : 'align-labels',
  score: at % 5 === 0 ? 0 : at % 7 === 0 ? null : 1,
}));
const select = (policy: 'all' | 'failures-and-share' | 'random', share: number, more = {}) =>
  selectItems(candidates, { policy: { policy, share }, method: 'held-out', seed: 's', ...more });

test('the policy all takes every item once with weight 1, in an order that is a draw', () => {
  const chosen = select('all', 1);
  assert.equal(new Set(chosen.map(({ example }) => example)).size, 200);
  assert.ok(chosen.every(({ weight, reason }) => weight === 1 && reason.startsWith('all ')));
  assert.notDeepEqual(
    chosen.map(({ example }) => example),
    candidates.map(({ example }) => example),
  );
});

test('all failures and a share of passes are taken of the align part, all of the judge-test part', () => {
  const chosen = select('failures-and-share', 0.25);
  const align = chosen.filter(({ part }) => part === 'align-labels');
  const failures = candidates.filter((c) => c.part === 'align-labels' && c.score !== 1);
  const passes = 150 - failures.length;
  const shown = Math.round(passes * 0.25);
  assert.equal(align.filter(({ score }) => score !== 1).length, failures.length);
  assert.equal(align.length, failures.length + shown);
  assert.equal(chosen.length - align.length, 50);
  // Weights count every item of the part: the estimate of its size is exact.
  assert.ok(Math.abs(align.reduce((sum, { weight }) => sum + weight!, 0) - 150) < 1e-9);
});

test('a policy that can never choose a pass has no weights', () => {
  const align = select('failures-and-share', 0).filter(({ part }) => part === 'align-labels');
  assert.ok(align.length > 0 && align.every(({ weight, score }) => weight === null && score !== 1));
});

test('when all items may test the judge, the sample is simple and random over both parts', () => {
  const chosen = select('failures-and-share', 0.25, { method: 'cross-fitted' });
  assert.equal(new Set(chosen.map(({ weight }) => weight)).size, 1);
  assert.ok(chosen.some(({ score }) => score === 1) && chosen.length < 200);
});

const names = (list: readonly { readonly example: string }[]) => list.map((c) => c.example);

test('the choice depends on seed and items, not on their order', () => {
  const options = {
    policy: { policy: 'random', share: 0.3 },
    method: 'held-out',
    seed: 's',
  } as const;
  const chosen = names(selectItems(candidates, options));
  assert.deepEqual(names(selectItems(candidates.toReversed(), options)), chosen);
  assert.notDeepEqual(names(selectItems(candidates, { ...options, seed: 'other' })), chosen);
});

test('a random share gives every item the same chance', () => {
  const taken = new Map<string, number>();
  for (let seed = 0; seed < 400; seed++)
    for (const { example } of selectItems(candidates.slice(0, 40), {
      policy: { policy: 'random', share: 0.5 },
      method: 'held-out',
      seed: `${seed}`,
    }))
      taken.set(example, (taken.get(example) ?? 0) + 1);
  // 400 draws at 1/2: five standard deviations are 50.
  assert.equal(taken.size, 40);
  for (const [example, count] of taken)
    assert.ok(Math.abs(count - 200) < 50, `${example}: ${count}`);
});
