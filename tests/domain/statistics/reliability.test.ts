import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { type Rating, reliabilityOf } from '../../../domain/statistics/reliability.ts';

const file = path.join(
  process.env['ATTUNE_SHARED'] ?? '../shared',
  'data',
  'pandalm',
  'labels.jsonl',
);
const noData = existsSync(file) ? false : `PandaLM is not at ${file}; set ATTUNE_SHARED`;
const ORDER = ['response2', 'tie', 'response1'];

const near = (found: number | null, expected: number, what: string): void =>
  assert.ok(
    found !== null && Math.abs(found - expected) <= 1e-6,
    `${what}: ${found}, not ${expected}`,
  );

/** Ratings of a table: one string a rater, one character an item, `.` where there is none. */
const tableOf = (rows: readonly string[]): readonly Rating[] =>
  rows.flatMap((row, rater) =>
    row
      .replaceAll(' ', '')
      .split('')
      .flatMap((value, at) =>
        value === '.' ? [] : [{ item: `u${at}`, cluster: `u${at}`, rater: `r${rater}`, value }],
      ),
  );

const pandalm = (): readonly Rating[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text) as { row_id: string; rater: string; value: string })
    .map(({ row_id: item, rater, value }) => ({ item, cluster: item, rater, value }));

/** Every seventh label of one rater and every eleventh of another are missing. */
const withGaps = (ratings: readonly Rating[]): readonly Rating[] =>
  ratings.filter(
    ({ rater }, at) =>
      !(rater === 'annotator1' && at % 7 === 0) && !(rater === 'annotator2' && at % 11 === 0),
  );

test("alpha is that of Krippendorff's own example of four observers with missing values, worked to fractions", () => {
  // Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", section C: published as 0.743 and 0.815. Of his
  // coincidence table n = 40, n_c = 9 13 10 5 3; 32 of the 40 agree; expected agreement (sum of n_c (n_c - 1)) / 39 = 344 / 39.
  const ratings = tableOf(['12332141 2...', '123322412 5.3', '.33323422 51.', '123324412 51.']);
  const nominal = reliabilityOf(ratings, { seed: 't', resamples: 50 });
  near(nominal.alpha, (39 * 32 - 344) / (40 * 39 - 344), 'nominal');
  assert.equal(nominal.alpha?.toFixed(3), '0.743');
  const ordinal = reliabilityOf(ratings, {
    seed: 't',
    resamples: 50,
    order: ['1', '2', '3', '4', '5'],
  });
  assert.equal(ordinal.alpha?.toFixed(3), '0.815');
  // The package krippendorff 0.8.1 of PyPI.
  near(ordinal.alpha, 0.8153880192, 'ordinal');
});

test("Fleiss' kappa is that of his worked example, to six digits", () => {
  // Fourteen raters, ten subjects, five categories (Wikipedia, "Fleiss' kappa"): P-bar = 0.378, P_e = 0.213, kappa = 0.210.
  const table = [
    '0000E',
    '02642',
    '00356',
    '03920',
    '22811',
    '77000',
    '32630',
    '25322',
    '65210',
    '02237',
  ];
  const counts = table.map((row) => row.split('').map((digit) => Number.parseInt(digit, 15)));
  const ratings = counts.flatMap((row, subject) =>
    row
      .flatMap((count, category) => Array.from({ length: count }, () => String(category)))
      .map((value, rater) => ({
        item: `${subject}`,
        cluster: `${subject}`,
        rater: `r${rater}`,
        value,
      })),
  );
  const squares = counts.flat().reduce((sum, count) => sum + count ** 2, 0);
  const observed = (squares - 140) / (10 * 14 * 13);
  const expected = [20, 28, 39, 21, 32].reduce((sum, count) => sum + (count / 140) ** 2, 0);
  const found = reliabilityOf(ratings, { seed: 't', resamples: 50 });
  near(found.fleiss, (observed - expected) / (1 - expected), 'Fleiss');
  assert.equal(found.fleiss?.toFixed(3), '0.210');
  assert.equal(found.fleissItems, 10);
});

test("Cohen's kappa of the grant readers is 0.4", () => {
  // Wikipedia, "Cohen's kappa": 50 applications, both yes 20, only A 5, only B 10, both no 15.
  const a = 'Y'.repeat(25) + 'N'.repeat(25);
  const b = `${'Y'.repeat(20)}${'N'.repeat(5)}${'Y'.repeat(10)}${'N'.repeat(15)}`;
  const found = reliabilityOf(tableOf([a, b]), { seed: 't', resamples: 200 });
  near(found.cohen[0]!.kappa, 0.4, 'kappa');
  near(found.agreement, 0.7, 'agreement');
  assert.ok(found.cohen[0]!.interval!.low < 0.4 && found.cohen[0]!.interval!.high > 0.4);
});

test('the last label of a rater counts, the most disputed come first, and one rater alone has no figure', () => {
  const found = reliabilityOf(tableOf(['aab', 'abb', 'acb']), { seed: 't', resamples: 50 });
  assert.deepEqual(found.disputed, [
    { item: 'u1', labels: { r0: 'a', r1: 'b', r2: 'c' }, disagreement: 1 },
  ]);
  const edited = [...tableOf(['ab', 'ab']), { item: 'u0', cluster: 'u0', rater: 'r0', value: 'b' }];
  assert.equal(reliabilityOf(edited, { seed: 't', resamples: 50 }).agreement, 0.5);
  const alone = reliabilityOf(tableOf(['ab']), { seed: 't', resamples: 50 });
  assert.deepEqual(
    [alone.alpha, alone.fleiss, alone.agreement, alone.cohen],
    [null, null, null, []],
  );
});

test('shares of all outputs come out right from a sample of unequal chances, and are left out where a chance is not known', () => {
  // 40 failures, all of them chosen; 100 passes, of which every tenth was: 40 of 140 are bad, though 40 of the 50 labelled are.
  const chosen = Array.from({ length: 50 }, (_, at) => ({
    item: `u${at}`,
    cluster: `u${at}`,
    rater: 'r',
    value: at < 40 ? 'bad' : 'good',
    weight: at < 40 ? 1 : 10,
  }));
  const found = reliabilityOf(chosen, { seed: 't', resamples: 50 });
  near(found.prevalence['bad']!, 40 / 50, 'of the labels');
  near(found.estimated!['bad']!, 40 / 140, 'of all outputs');
  near(found.estimated!['good']!, 100 / 140, 'of all outputs');
  const unknown = chosen.map((row, at) => (at === 7 ? { ...row, weight: null } : row));
  assert.equal(reliabilityOf(unknown, { seed: 't', resamples: 50 }).estimated, null);
});

test('draws that leave a figure undefined are counted, and too many of them refuse the interval', () => {
  // One item of forty differs from the others: in a draw without it, a third of all, one value stands alone.
  const rare = tableOf(['a'.repeat(39) + 'b', 'a'.repeat(39) + 'b']);
  const few = reliabilityOf(rare, { seed: 't', resamples: 500 });
  for (const [draws, interval] of [
    [few.alphaUndefinedDraws, few.alphaInterval],
    [few.fleissUndefinedDraws, few.fleissInterval],
    [few.cohen[0]!.undefinedDraws, few.cohen[0]!.interval],
  ] as const) {
    assert.ok(draws > 125 && draws < 240, `${draws} of 500`);
    assert.equal(interval, null);
  }
  assert.equal(few.alpha, 1);
  const many = reliabilityOf(tableOf(['ab'.repeat(20), 'ab'.repeat(20)]), {
    seed: 't',
    resamples: 500,
  });
  assert.deepEqual([many.alphaUndefinedDraws, many.alphaInterval], [0, { low: 1, high: 1 }]);
});

function width(ratings: readonly Rating[]): number {
  const { low, high } = reliabilityOf(ratings, { seed: 't', resamples: 500 }).alphaInterval!;
  return high - low;
}

test('items of one conversation are drawn together', () => {
  const rows = tableOf(['aabbab'.repeat(10), 'aabbbb'.repeat(10)]);
  const together = rows.map((row) => ({ ...row, cluster: `c${Number(row.item.slice(1)) % 6}` }));
  assert.ok(width(together) > 2 * width(rows), 'six conversations say less than sixty items');
});

test(
  'figures on PandaLM (3 raters, 999 items) are those of krippendorff, statsmodels and scikit-learn',
  { skip: noData },
  () => {
    const nominal = reliabilityOf(pandalm(), { seed: 't', resamples: 50 });
    // krippendorff 0.8.1, statsmodels 0.15.0, scikit-learn 1.9.1; the test below asks them anew.
    near(nominal.alpha, 0.8642206851960816, 'alpha');
    near(nominal.fleiss, 0.864175364997549, 'Fleiss');
    const ordinal = reliabilityOf(pandalm(), { seed: 't', resamples: 50, order: ORDER });
    assert.deepEqual(ordinal.raters, { annotator1: 999, annotator2: 999, annotator3: 999 });
    assert.equal(ordinal.cohen.length, 3);
  },
);

const skipPython =
  process.env['ATTUNE_LONG'] === undefined
    ? 'set ATTUNE_LONG=1 to compare with packages of PyPI (installed into a temporary environment)'
    : noData;

test(
  'independent packages agree on PandaLM to 1e-6, with and without gaps',
  { skip: skipPython },
  () => {
    for (const ratings of [pandalm(), withGaps(pandalm())]) {
      const theirs = reference(ratings);
      const nominal = reliabilityOf(ratings, { seed: 't', resamples: 50 });
      const ordinal = reliabilityOf(ratings, { seed: 't', resamples: 50, order: ORDER });
      near(nominal.alpha, theirs.alpha.nominal, 'alpha, nominal');
      near(ordinal.alpha, theirs.alpha.ordinal, 'alpha, ordinal');
      near(nominal.fleiss, theirs.fleiss, 'Fleiss');
      for (const { raters, kappa } of nominal.cohen)
        near(kappa, theirs.cohen[raters.join(' ')]!.plain, `kappa of ${raters.join(' ')}`);
      for (const { raters, kappa } of ordinal.cohen)
        near(
          kappa,
          theirs.cohen[raters.join(' ')]!.weighted,
          `weighted kappa of ${raters.join(' ')}`,
        );
    }
  },
);

type Reference = {
  readonly alpha: { readonly nominal: number; readonly ordinal: number };
  readonly fleiss: number;
  readonly cohen: Readonly<Record<string, { readonly plain: number; readonly weighted: number }>>;
};

const PACKAGES = ['krippendorff==0.8.1', 'statsmodels==0.15.0', 'scikit-learn==1.9.1'];

function reference(ratings: readonly Rating[]): Reference {
  const folder = path.join(tmpdir(), 'attune-agreement');
  const python = path.join(folder, 'bin', 'python');
  if (!existsSync(python)) execFileSync('python3', ['-m', 'venv', folder]);
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
  const answer = execFileSync(python, [path.join(import.meta.dirname, 'reference.py')], {
    input: JSON.stringify({ ratings, order: ORDER }),
    encoding: 'utf8',
  });
  return JSON.parse(answer) as Reference;
}
