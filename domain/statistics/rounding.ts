/** Sums and differences of decimal fractions miss their value by less than this share of it. */
export const ROUNDING = 1e-12;

/** Whether a figure is above a limit by more than rounding: in binary 0.8 - 0.7 exceeds 0.1, and 1 - 0.9 falls short of it. */
export function isAbove(figure: number, limit: number): boolean {
  return figure - limit > ROUNDING * Math.max(1, Math.abs(limit));
}
