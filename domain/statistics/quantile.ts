import type { Percentiles } from '../../contracts/percentiles.ts';

export type { Percentiles };

/** Quantile with linear interpolation between order statistics (type 7, as NumPy and R default). */
export function quantile(values: readonly number[], p: number): number | null {
  return interpolate(sorted(values), p);
}

/** p50, p95 and p99, or null without values. */
export function percentiles(values: readonly number[]): Percentiles | null {
  if (values.length === 0) return null;
  const ordered = sorted(values);
  const at = (p: number) => interpolate(ordered, p) ?? 0;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

function sorted(values: readonly number[]): Float64Array {
  return Float64Array.from(values).sort();
}

function interpolate(ordered: Float64Array, p: number): number | null {
  const place = (ordered.length - 1) * p;
  const below = ordered[Math.floor(place)];
  const above = ordered[Math.ceil(place)];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (place - Math.floor(place));
}
