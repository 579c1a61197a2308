import { isDeepStrictEqual } from 'node:util';
import type { Fields, Golden } from './format.ts';
import type { Replayed } from './replay.ts';

/** The first place where a replay differs; `event` counts from 1 and is null in the final state. */
export type Difference = {
  readonly event: number | null;
  readonly field: string;
  readonly expected: unknown;
  readonly got: unknown;
};

export function firstDifference(golden: Golden, replayed: Replayed): Difference | null {
  const { events, final } = replayed;
  const length = Math.max(golden.events.length, events.length);
  for (let at = 0; at < length; at++) {
    const [expected, got] = [golden.events[at], events[at]];
    if (expected === undefined || got === undefined)
      return { event: at + 1, field: '(the whole event)', expected, got };
    const difference = differingField(expected, got);
    if (difference !== null) return { event: at + 1, ...difference };
  }
  const difference = differingField({ ...golden.final, front_keys: golden.front_keys }, final);
  return difference === null ? null : { event: null, ...difference };
}

function differingField(expected: Fields, got: Fields): Omit<Difference, 'event'> | null {
  for (const field of new Set([...Object.keys(expected), ...Object.keys(got)]))
    if (!isDeepStrictEqual(expected[field], got[field]))
      return { field, expected: expected[field], got: got[field] };
  return null;
}
