import { createRandom } from '../random.ts';

/** What an agent answered to one row under two texts of a prompt, some draws each. */
export type Draws = { readonly one: readonly string[]; readonly other: readonly string[] };

const PERMUTATIONS = 2_000;

/**
 * How often chance alone would make answers under two texts as unlike each other as these, measured against how unlike answers under one
 * text are: a permutation of the draws within each row, Phipson and Smyth's p. 1 where there is nothing to compare.
 */
export function differenceByChance(rows: readonly Draws[], seed: number): number {
  const compared = rows.filter(({ one, other }) => one.length > 0 && other.length > 0).map(pairsOf);
  if (compared.length === 0) return 1;
  const random = createRandom(seed);
  const seen = sum(compared.map(({ own, alike }) => apart(own, alike)));
  let asFar = 0;
  for (let n = 0; n < PERMUTATIONS; n++) {
    const drawn = sum(compared.map(({ own, alike }) => apart(random.shuffle(own), alike)));
    if (drawn >= seen - TOLERANCE) asFar++;
  }
  return (1 + asFar) / (1 + PERMUTATIONS);
}

const TOLERANCE = 1e-9;

type Row = {
  /** For each draw, whether it is of the first text. */
  readonly own: readonly boolean[];
  readonly alike: readonly (readonly number[])[];
};

function pairsOf({ one, other }: Draws): Row {
  const words = [...one, ...other].map(wordsOf);
  return {
    own: [...one.map(() => true), ...other.map(() => false)],
    alike: words.map((a) => words.map((b) => likeness(a, b))),
  };
}

/** Mean likeness of draws under the same text, less that of draws under different ones. */
function apart(own: readonly boolean[], alike: Row['alike']): number {
  const [same, cross] = [
    { total: 0, pairs: 0 },
    { total: 0, pairs: 0 },
  ];
  for (let a = 0; a < own.length; a++)
    for (let b = 0; b < a; b++) {
      const group = own[a] === own[b] ? same : cross;
      group.total += alike[a]![b]!;
      group.pairs += 1;
    }
  return (same.pairs === 0 ? 1 : same.total / same.pairs) - cross.total / cross.pairs;
}

const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

/** Words that both have, as a share of the words that either has. */
function likeness(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const both = [...a].filter((word) => b.has(word)).length;
  const either = a.size + b.size - both;
  return either === 0 ? 1 : both / either;
}

const sum = (values: readonly number[]): number =>
  values.reduce((total, value) => total + value, 0);
