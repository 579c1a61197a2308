import { lexicalWeight, type Reading } from './text.ts';

/** How like two texts are, in [0, 1]: cosine over their stems, each word by what it says. */
export function likeness(a: Reading, b: Reading): number {
  const [left, right] = [weightsOf(a), weightsOf(b)];
  let dot = 0;
  for (const [stem, weight] of left) dot += weight * (right.get(stem) ?? 0);
  const norm = Math.sqrt(squares(left) * squares(right));
  return norm === 0 ? 0 : dot / norm;
}

const weightsOf = (text: Reading): ReadonlyMap<string, number> =>
  new Map(text.stems.map((stem, at) => [stem, lexicalWeight(text.words[at]!)]));

const squares = (weights: ReadonlyMap<string, number>): number =>
  [...weights.values()].reduce((sum, weight) => sum + weight * weight, 0);
