import { z } from 'zod';

const DURATION = /^(\d+)(ms|s|m|h|d)$/;

/** A duration such as `90s`, `30m`, `36h`, `7d`. */
export const duration = z
  .string()
  .regex(DURATION, 'use a whole number with ms, s, m, h or d, such as 36h');

const UNIT = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a duration text. */
export function milliseconds(text: string): number {
  const [, count, unit] = DURATION.exec(text) ?? [];
  if (count === undefined) throw new RangeError(`\`${text}\` is not a duration such as 36h`);
  return Number(count) * UNIT[unit as keyof typeof UNIT];
}
