import { NO_END } from '../../contracts/trace.ts';
import { ValueError } from './any-value.ts';

export type SpanTimes = {
  readonly start: number;
  readonly end: number;
  readonly remarks: readonly string[];
};

/**
 * Start and end in milliseconds from nanoseconds since the epoch, mended where a clock or an SDK was wrong; each mend is a remark.
 * @throws ValueError
 */
export function spanTimes(
  span: Readonly<Record<string, unknown>>,
  { now }: { readonly now: number },
): SpanTimes {
  const start = milliseconds(span['startTimeUnixNano'], 'startTimeUnixNano');
  const end = milliseconds(span['endTimeUnixNano'], 'endTimeUnixNano');
  if (start === null && end === null)
    return { start: now, end: now, remarks: ['it says no time: taken as when it came'] };
  if (start === null)
    return { start: end!, end: end!, remarks: ['it says no start: taken as its end'] };
  if (end === null) return { start, end: start, remarks: [NO_END] };
  if (end >= start) return { start, end, remarks: unitRemarks(span['startTimeUnixNano']) };
  const remark = `it ended ${(start - end).toFixed(3)} ms before its start (a clock was set): taken as 0 ms`;
  return { start, end: start, remarks: [remark] };
}

/** Counts of another unit since 1970 have fewer digits; the times are kept as they were sent. */
function unitRemarks(given: unknown): readonly string[] {
  const unit = UNITS[String(given).length];
  return unit === undefined
    ? []
    : [`its times look like ${unit}, not nanoseconds: kept as they were sent`];
}

const UNITS: Readonly<Record<number, string>> = {
  10: 'seconds',
  13: 'milliseconds',
  16: 'microseconds',
};

/** Null where there is none. Nanoseconds pass the 53 bits of a number, so their digits are parted first. @throws ValueError */
export function milliseconds(given: unknown, field: string): number | null {
  if (given === undefined || given === null || given === '') return null;
  const digits =
    typeof given === 'number' ? String(given) : JSON.stringify(given).replaceAll('"', '');
  if (!/^\d{1,20}$/.test(digits))
    throw new ValueError(`\`${field}\` is no count of nanoseconds: ${digits.slice(0, 40)}`);
  const value = Number(digits.slice(0, -6)) + Number(digits.slice(-6)) / 1e6;
  return value === 0 ? null : value;
}
