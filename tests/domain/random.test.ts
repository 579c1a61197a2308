import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRandom, seedFromHash } from '../../domain/random.ts';
import type { Random } from '../../domain/random.ts';

type Vector = {
  readonly seed: number;
  readonly random: readonly number[];
  readonly getrandbits: Readonly<Record<string, readonly number[]>>;
  readonly randrange: Readonly<Record<string, readonly number[]>>;
  readonly shuffle: Readonly<Record<string, readonly number[]>>;
  readonly sample: readonly { readonly n: number; readonly k: number; readonly out: number[] }[];
  readonly choices: readonly {
    readonly weights: number[];
    readonly k1_x8: number[];
    readonly k5: number[];
  }[];
  readonly randint_0_9: readonly number[];
  readonly choices_unweighted: readonly number[];
  readonly mixed: readonly (readonly [string, unknown, number])[];
};

const file = new URL('optimize/fixtures/vectors.json', import.meta.url);
const { rng: vectors }: { rng: readonly Vector[] } = JSON.parse(readFileSync(file, 'utf8'));
const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const times = <T>(list: readonly unknown[], draw: () => T): T[] => list.map(draw);

for (const vector of vectors) {
  const fresh = (): Random => createRandom(vector.seed);

  test(`seed ${vector.seed} gives CPython's floats, bits and bounded integers`, () => {
    const floats = fresh();
    assert.deepEqual(times(vector.random, floats.random), vector.random);
    for (const [k, expected] of Object.entries(vector.getrandbits)) {
      const random = fresh();
      assert.deepEqual(
        times(expected, () => random.bits(Number(k))),
        expected,
      );
    }
    for (const [n, expected] of Object.entries({ ...vector.randrange, 10: vector.randint_0_9 })) {
      const random = fresh();
      assert.deepEqual(
        times(expected, () => random.below(Number(n))),
        expected,
      );
    }
  });

  test(`seed ${vector.seed} gives CPython's shuffles, samples and weighted choices`, () => {
    for (const [n, expected] of Object.entries(vector.shuffle))
      assert.deepEqual(fresh().shuffle(range(Number(n))), expected);
    for (const { n, k, out } of vector.sample) assert.deepEqual(fresh().sample(range(n), k), out);
    for (const { weights, k1_x8, k5 } of vector.choices) {
      const list = range(weights.length);
      const random = fresh();
      assert.deepEqual(
        k1_x8.flatMap(() => random.choices(list, { weights })),
        k1_x8,
      );
      assert.deepEqual(fresh().choices(list, { weights, k: 5 }), k5);
    }
    const k = vector.choices_unweighted.length;
    assert.deepEqual(fresh().choices(range(7), { k }), vector.choices_unweighted);
  });

  test(`seed ${vector.seed} gives the mixed run word for word, also when frozen between draws`, () => {
    let random = fresh();
    for (const [operation, expected, words] of vector.mixed) {
      assert.deepEqual([mixed(operation, random), random.words], [expected, words], operation);
      random = createRandom(JSON.parse(JSON.stringify(random.state())));
    }
  });
}

test('a draw that cannot be made is refused with the reason', () => {
  const random = createRandom(0);
  assert.throws(() => random.below(0), /the bound must be/);
  assert.throws(() => random.choice([]), /the bound must be/);
  assert.throws(() => random.sample([1], 2), /2 asked of a list of 1/);
  assert.throws(() => random.choices([1, 2], { weights: [0, 0] }), /add up to 0/);
  assert.throws(() => random.bits(54), /0 to 53 bits/);
  assert.throws(() => createRandom(0.5), /must be an integer/);
});

test('seeds taken from hashes are 64-bit integers that give different streams', () => {
  assert.equal(seedFromHash('ffffffffffffffff00'), 2n ** 64n - 1n);
  assert.equal(seedFromHash('0a'), 10n);
  assert.throws(() => seedFromHash('xyz'), /not a hexadecimal hash/);
  assert.notEqual(
    createRandom(seedFromHash('01')).random(),
    createRandom(seedFromHash('02')).random(),
  );
});

function mixed(operation: string, random: Random): unknown {
  if (operation === 'random') return random.random();
  if (operation === 'choice_of_13') return random.choice(range(13));
  if (operation === 'shuffle_7') return random.shuffle(range(7));
  if (operation === 'sample_30_2') return random.sample(range(30), 2);
  if (operation === 'choices_w') return random.choices(range(3), { weights: [4, 1, 2] })[0];
  throw new Error(`the vectors hold an operation this test does not know: ${operation}`);
}
