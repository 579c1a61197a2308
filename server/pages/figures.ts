import { percent } from '../../domain/figures.ts';

export { points, pointsRange, took } from '../../domain/figures.ts';

type Interval = { readonly low: number; readonly high: number } | null;

/** A price in dollars; small ones keep the digits that tell them from nothing. */
export const usd = (price: number): string =>
  price === 0 || price >= 1 ? `$${price.toFixed(2)}` : `$${price.toFixed(4)}`;

export const range = (interval: Interval): string =>
  interval === null ? 'no interval' : `${percent(interval.low)} to ${percent(interval.high)}`;

export const tokens = (input: number | null, output: number | null): string =>
  input === null && output === null
    ? ''
    : `${(input ?? 0).toLocaleString('en')} in, ${(output ?? 0).toLocaleString('en')} out`;
