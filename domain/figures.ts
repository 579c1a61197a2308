// Figures as people read them, on a terminal and on a page.

/** A share as points of a hundred, such as `62.5 %`. */
export const percent = (share: number | null | undefined): string =>
  share == null ? 'not measured' : `${(share * 100).toFixed(1)} %`;

/** A difference of shares with its sign, such as `+12.0 points`. */
export const points = (difference: number | null | undefined): string =>
  difference == null
    ? 'not measured'
    : `${difference < 0 ? '-' : '+'}${Math.abs(difference * 100).toFixed(1)} points`;

/** The interval of a difference. */
export const pointsRange = (
  interval: { readonly low: number; readonly high: number } | null,
): string =>
  interval === null ? 'no interval' : `${points(interval.low)} to ${points(interval.high)}`;

export const decimal = (value: number | null | undefined, digits = 2): string =>
  value == null ? 'not measured' : value.toFixed(digits);

/** A price in dollars; a small one keeps the digits that tell it from nothing. */
export const usd = (price: number): string =>
  price === 0 ? '0 USD' : `${price.toFixed(price < 0.1 ? 4 : 2)} USD`;

const SMALLEST_P = 0.0001;
/** A p-value; one too small to be told apart from others says so. */
export const pValue = (p: number | null): string =>
  p !== null && p < SMALLEST_P ? `< ${SMALLEST_P}` : decimal(p, 4);

/** Milliseconds: `0.4 ms`, `12 ms`, `3.21 s`, `2 min 5 s`, `3 h 4 min`. */
export function took(ms: number): string {
  if (ms < 10) return `${Number(ms.toFixed(1))} ms`;
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(2)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
