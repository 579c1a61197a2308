import type { Value, ValueType } from '../../contracts/value.ts';
import { isScale, placeOf } from '../evaluate/scale.ts';

/** A pair of places in a list of values: what the person said, what the judge said. */
export type IndexedPair = { readonly person: number; readonly judge: number };

/** Disagreement of two values by their places: 0 equal, 1 the most. */
export type Disagreement = readonly (readonly number[])[];

/** Weights of Cohen (1968): squared distance on a scale, 0 or 1 otherwise; a value off the scale is as far away as can be. */
export function disagreementOf(type: ValueType, values: readonly Value[]): Disagreement {
  const places = values.map((value) => placeOf(type, value));
  const known = places.filter((place) => place !== null);
  const range = Math.max(...known) - Math.min(...known);
  const scaled = isScale(type) && range > 0;
  return values.map((_, i) =>
    values.map((__, j) => {
      const [a, b] = [places[i] ?? null, places[j] ?? null];
      if (i === j) return 0;
      if (!scaled || a === null || b === null) return 1;
      return ((a - b) / range) ** 2;
    }),
  );
}

/** Counts[person][judge] as one array of size * size. */
export function countPairs(pairs: readonly IndexedPair[], size: number): Float64Array {
  const counts = new Float64Array(size * size);
  for (const { person, judge } of pairs) counts[person * size + judge]! += 1;
  return counts;
}

/**
 * Cohen's kappa 1 - observed / expected disagreement (Cohen 1960; weighted: Cohen 1968) of counts[person][judge].
 * Null where no disagreement is expected, such as when both use one value only.
 */
export function cohenKappa(counts: Float64Array, disagreement: Disagreement): number | null {
  const size = disagreement.length;
  const rows = new Float64Array(size);
  const columns = new Float64Array(size);
  let total = 0;
  let observed = 0;
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) {
      const count = counts[i * size + j]!;
      rows[i]! += count;
      columns[j]! += count;
      total += count;
      observed += count * disagreement[i]![j]!;
    }
  let expected = 0;
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++) expected += rows[i]! * columns[j]! * disagreement[i]![j]!;
  return expected > 0 ? 1 - (observed * total) / expected : null;
}
