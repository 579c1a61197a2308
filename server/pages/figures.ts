import { percent } from '../../domain/figures.ts';

export { points, pointsRange, took, usd } from '../../domain/figures.ts';

type Interval = { readonly low: number; readonly high: number } | null;

export const range = (interval: Interval): string =>
  interval === null ? 'no interval' : `${percent(interval.low)} to ${percent(interval.high)}`;

export const tokens = (input: number | null, output: number | null): string =>
  input === null && output === null
    ? ''
    : `${(input ?? 0).toLocaleString('en')} in, ${(output ?? 0).toLocaleString('en')} out`;
