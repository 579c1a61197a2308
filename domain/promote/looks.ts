/** The number of the coming look: one more than the most any member of the sealed set has seen. */
export function lookNumber(earlier: Readonly<Record<string, number>>): number {
  return Object.values(earlier).reduce((most, looks) => Math.max(most, looks), 0) + 1;
}

/** The level of look j: alpha / 2^j, so that all looks together spend at most alpha. */
export function lookAlpha(alpha: number, look: number): number {
  return alpha / 2 ** look;
}
