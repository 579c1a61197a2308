import * as figures from '../../../domain/figures.ts';

type Interval = { readonly low: number; readonly high: number } | null;

const HELD = '\u00a0';

/** A figure that stays on one line with its unit, in the narrowest column. */
const held =
  <Given>(write: (given: Given) => string) =>
  (given: Given): string => {
    const text = write(given);
    return /\d/.test(text) ? text.replaceAll(' ', HELD) : text;
  };

export const percent = held(figures.percent);
export const points = held(figures.points);
export const took = held(figures.took);
export const usd = held(figures.usd);

/** A limit as it was set. */
export const inSeconds = (ms: number): string => `${ms / 1000}${HELD}s`;

export const range = (interval: Interval): string =>
  interval === null ? 'no interval' : `${percent(interval.low)} to ${percent(interval.high)}`;

export const pointsRange = (interval: Interval): string =>
  interval === null ? 'no interval' : `${points(interval.low)} to ${points(interval.high)}`;

export const tokens = (input: number | null, output: number | null): string =>
  input === null && output === null
    ? ''
    : `${(input ?? 0).toLocaleString('en')}${HELD}in, ${(output ?? 0).toLocaleString('en')}${HELD}out`;
