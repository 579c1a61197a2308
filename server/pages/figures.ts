import { percent } from './parts.ts';

type Interval = { readonly low: number; readonly high: number } | null;

/** A price in dollars; small ones keep the digits that tell them from nothing. */
export const usd = (price: number): string =>
  price === 0 || price >= 1 ? `$${price.toFixed(2)}` : `$${price.toFixed(4)}`;

export const range = (interval: Interval): string =>
  interval === null ? 'no interval' : `${percent(interval.low)} to ${percent(interval.high)}`;

/** A difference of shares in points, signed. */
export const points = (difference: number | null | undefined): string =>
  difference == null
    ? 'not measured'
    : `${difference < 0 ? '' : '+'}${(100 * difference).toFixed(1)} points`;

/** Milliseconds as a person reads them: `0.4 ms`, `12 ms`, `3.21 s`, `2 min 5 s`, `3 h 4 min`. */
export function took(ms: number): string {
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

export const tokens = (input: number | null, output: number | null): string =>
  input === null && output === null
    ? ''
    : `${(input ?? 0).toLocaleString('en')} in, ${(output ?? 0).toLocaleString('en')} out`;
