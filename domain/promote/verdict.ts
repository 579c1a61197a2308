import type { Verdict } from '../../contracts/report.ts';
import { isAbove } from '../statistics/rounding.ts';
import type { GuardrailReport } from './guardrails.ts';
import type { PrimaryTest } from './primary.ts';

export type VerdictInput = {
  /** Why nothing can be measured: clusters, missing data, judge, sealed part spent. */
  readonly faults: readonly string[];
  readonly primary: PrimaryTest;
  readonly margin: number;
  readonly alpha: number;
  readonly guardrails: readonly GuardrailReport[];
  /** The primary test with missing of the finalist 0 and of the incumbent 1. */
  readonly worstCase: PrimaryTest;
  /** Upper bound of the difference corrected by people, where they checked. */
  readonly peopleUpper?: number;
};

export type VerdictReport = { readonly verdict: Verdict; readonly reasons: readonly string[] };

/** The first row of the verdict table that applies, with what decided or what was undecided. */
export function decideVerdict(input: VerdictInput): VerdictReport {
  if (input.faults.length > 0) return { verdict: 'unmeasurable', reasons: input.faults };
  const against = reasonsAgainst(input);
  if (against.length > 0) return { verdict: 'reject', reasons: against };
  const open = undecided(input);
  if (open.length > 0) return { verdict: 'inconclusive', reasons: open };
  const { p, lower } = input.primary;
  return {
    verdict: 'promote',
    reasons: [
      `p ${text(p)} is at most ${input.alpha} and the lower bound ${text(lower)} is above the margin ${input.margin}; every guardrail holds`,
    ],
  };
}

function reasonsAgainst({ primary, margin, guardrails, peopleUpper }: VerdictInput): string[] {
  const broken = guardrails.filter(({ state }) => state === 'broken');
  const reasons = broken.map((g) => `guardrail ${g.metric} is broken: ${figures(g)}`);
  if (primary.upper !== null && primary.upper < margin)
    reasons.push(`the upper bound ${text(primary.upper)} is below the margin ${margin}`);
  if (peopleUpper !== undefined && isAbove(margin, peopleUpper))
    reasons.push(`corrected by people the upper bound is ${text(peopleUpper)}, below ${margin}`);
  return reasons;
}

function undecided({ primary, margin, alpha, guardrails, worstCase }: VerdictInput): string[] {
  const reasons = guardrails
    .filter(({ state }) => state !== 'holds')
    .map((guardrail) => `guardrail ${guardrail.metric} is undecided: ${figures(guardrail)}`);
  if (!primary.wins)
    reasons.unshift(
      `the difference is undecided: p ${text(primary.p)} (needs at most ${alpha}), lower bound ${text(primary.lower)} (needs more than ${margin})`,
    );
  else if (!worstCase.wins)
    reasons.unshift(
      `the win does not survive the worst case of missing data: p ${text(worstCase.p)}, lower bound ${text(worstCase.lower)}`,
    );
  return reasons;
}

function figures({ estimate, lower, upper, limit, note }: GuardrailReport): string {
  return `${text(estimate)}, bounds ${text(lower)} to ${text(upper)}, limit ${text(limit)} (${note})`;
}

function text(value: number | null): string {
  return value === null ? 'unknown' : String(Number(value.toPrecision(4)));
}
