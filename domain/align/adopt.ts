import type { PairedDifference } from './paired.ts';

/** The one-sided 90 % lower bound of the difference that an adopted judge may not fall to. */
export const ADOPTION_BOUND = -0.1;

export type Adoption = { readonly adopted: boolean; readonly why: string };

/**
 * The rule declared at the start of a cycle (specs/align.md): adopt iff the paired difference is above 0 and its one-sided
 * 90 % lower bound above -0.10. A choice, not a claim: "better" needs a lower bound above 0.
 */
export function adoption(difference: PairedDifference | null): Adoption {
  if (difference === null)
    return { adopted: false, why: 'no label is judged by both judges, so nothing can be compared' };
  const { mean, lower90, n } = difference;
  const facts = `agreement with people changed by ${points(mean)} on ${n} labels (one-sided 90 % lower bound ${points(lower90)})`;
  if (!(mean > 0)) return { adopted: false, why: `${facts}; a rise is needed` };
  if (!(lower90 > ADOPTION_BOUND))
    return {
      adopted: false,
      why: `${facts}; the bound must be above ${points(ADOPTION_BOUND)}: more labels would tell`,
    };
  const claim =
    lower90 > 0 ? 'the bound is above 0' : 'chosen by the rule; that it is better is not shown';
  return { adopted: true, why: `${facts}; ${claim}` };
}

function points(share: number): string {
  return `${share < 0 ? '' : '+'}${(100 * share).toFixed(1)} points`;
}
