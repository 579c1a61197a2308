import { fractionOf } from './draw.ts';
import type { Group } from './group.ts';

/** TUNE keeps at least this share of the conversations, however few there are. */
const MOST_SEALED = 0.6;

/**
 * The share of draws that are SEALED at the first split: `sealed`, or the smallest above it that seals
 * `minimum` conversations. Where that would leave TUNE too little it stays: preflight offers `tune only`.
 */
export function sealedThreshold(
  groups: readonly Group[],
  { sealed, minimum = 0 }: { readonly sealed: number; readonly minimum?: number },
): number {
  const total = groups.reduce((sum, group) => sum + group.length, 0);
  const pinned = groups.flat().filter((member) => member.pin === 'sealed').length;
  const drawn = groups
    .filter((group) => group.every((member) => member.pin === undefined))
    .map((group) => ({ fraction: fractionOf(group[0]?.draw ?? ''), size: group.length }))
    .sort((a, b) => a.fraction - b.fraction);
  let count = pinned;
  for (const [place, { fraction, size }] of drawn.entries()) {
    if (fraction >= sealed && count >= minimum) break;
    if (fraction >= sealed && count + size > MOST_SEALED * total) break;
    count += size;
    const next = drawn[place + 1]?.fraction ?? 1;
    if (fraction >= sealed && count >= minimum) return (fraction + next) / 2;
  }
  return sealed;
}
