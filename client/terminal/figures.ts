export { decimal, percent, points, pointsRange, usd } from '../../domain/figures.ts';

export const range = (interval: { readonly low: number; readonly high: number } | null): string =>
  interval === null
    ? 'no interval'
    : `${(interval.low * 100).toFixed(1)} to ${(interval.high * 100).toFixed(1)}`;

/** Time as a person says it: `8 s`, `2 min 5 s`, `3 h 12 min`. */
export function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

export const count = (n: number, one: string, many = `${one}s`): string =>
  `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
