import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fleissKappa } from '../../../domain/statistics/fleiss.ts';
import { cohenKappa, countPairs, disagreementOf } from '../../../domain/statistics/kappa.ts';
import { krippendorffAlpha } from '../../../domain/statistics/krippendorff.ts';

const near = (found: number | null, expected: number, within = 1e-9): void => {
  assert.ok(found !== null && Math.abs(found - expected) <= within, `${found} is not ${expected}`);
};

/** Pairs of a table: counts[person][judge]. */
const pairsOf = (table: readonly (readonly number[])[]) =>
  table.flatMap((row, person) =>
    row.flatMap((count, judge) => Array.from({ length: count }, () => ({ person, judge }))),
  );

test('kappa of a two by two table is that of the grant readers example', () => {
  // Two readers, 50 grant applications, from the article "Cohen's kappa" of Wikipedia: 0.4.
  const counts = countPairs(
    pairsOf([
      [20, 5],
      [10, 15],
    ]),
    2,
  );
  near(cohenKappa(counts, disagreementOf({ type: 'boolean', pass: true }, [true, false])), 0.4);
});

test('quadratic weights forgive neighbours: a table worked by hand', () => {
  // Observed: 2 at distance 1, 1 at distance 2 of 10, squared over range 2: (2 x 0.25 + 1) / 10 = 0.15.
  // Margins 4 3 3 and 4 3 3. Expected: (4 (0.25 x 3 + 3) + 3 x 0.25 (4 + 3) + 3 (4 + 0.25 x 3)) / 100 = 0.345.
  const table = [
    [3, 0, 1],
    [1, 2, 0],
    [0, 1, 2],
  ];
  const type = { type: 'integer', min: 1, max: 3 } as const;
  const weighted = cohenKappa(countPairs(pairsOf(table), 3), disagreementOf(type, [1, 2, 3]));
  near(weighted, 1 - 0.15 / 0.345);
  // Unweighted: 7 of 10 agree; expected 0.16 + 0.09 + 0.09.
  const nominal = {
    type: 'categories',
    categories: { a: 1, b: 0.5, c: 0 },
    ordinal: false,
  } as const;
  near(
    cohenKappa(countPairs(pairsOf(table), 3), disagreementOf(nominal, ['a', 'b', 'c'])),
    (0.7 - 0.34) / (1 - 0.34),
  );
});

test('kappa is undefined where both use one value only', () => {
  const disagreement = disagreementOf({ type: 'boolean', pass: true }, [true]);
  assert.equal(cohenKappa(countPairs([{ person: 0, judge: 0 }], 1), disagreement), null);
  assert.equal(cohenKappa(new Float64Array(0), []), null);
});

test("Fleiss' kappa is that of the example of fourteen raters and ten subjects", () => {
  // The worked example of the article "Fleiss' kappa" of Wikipedia: P = 0.378, Pe = 0.213, kappa = 0.210.
  const table = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
  ];
  const items = table.map((row) =>
    row.flatMap((count, value) => Array.from<number>({ length: count }).fill(value)),
  );
  near(fleissKappa(items), 0.2099307, 1e-6);
  assert.equal(
    fleissKappa([
      ['a', 'a'],
      ['a', 'a'],
    ]),
    null,
  );
  assert.throws(() => fleissKappa([['a', 'b'], ['a']]), { name: 'UnequalRatersError' });
});

test("Krippendorff's alpha is that of his own example with missing values", () => {
  // Krippendorff (2011), example C: four observers, twelve units; alpha 0.743 nominal, 0.815 ordinal.
  const observers = ['12332141 2...', '123322412 5.3', '.33323422 51.', '123324412 51.'].map(
    (row) => row.replaceAll(' ', '').split(''),
  );
  const items = Array.from({ length: 12 }, (_, unit) =>
    observers.flatMap((row) => (row[unit] === '.' ? [] : [Number(row[unit])])),
  );
  near(krippendorffAlpha(items), 0.743, 5e-4);
  near(krippendorffAlpha(items, { level: 'ordinal', order: [1, 2, 3, 4, 5] }), 0.815, 5e-4);
  assert.equal(krippendorffAlpha([[1], [2]]), null);
  assert.throws(() => krippendorffAlpha([[1, 9]], { level: 'ordinal', order: [1, 2] }), {
    name: 'UnorderedValueError',
  });
});
