import type { Outcome, Verdict } from '../contracts/report.ts';

/** Exit codes of every command (design.md, section 7). */
export const EXIT = {
  done: 0,
  internal: 1,
  invalid: 2,
  failed: 3,
  undecided: 4,
  unmeasurable: 5,
  cancelled: 6,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const BY_OUTCOME: Readonly<Record<Outcome, ExitCode>> = {
  promoted: EXIT.done,
  rejected: EXIT.failed,
  declined: EXIT.failed,
  'no-candidate': EXIT.failed,
  superseded: EXIT.failed,
  inconclusive: EXIT.undecided,
  'labels-short': EXIT.undecided,
  unmeasurable: EXIT.unmeasurable,
  budget: EXIT.unmeasurable,
  cancelled: EXIT.cancelled,
};

export const exitOfOutcome = (outcome: Outcome): ExitCode => BY_OUTCOME[outcome];

const BY_VERDICT: Readonly<Record<Verdict, ExitCode>> = {
  promote: EXIT.done,
  reject: EXIT.failed,
  inconclusive: EXIT.undecided,
  unmeasurable: EXIT.unmeasurable,
};

export const exitOfVerdict = (verdict: Verdict): ExitCode => BY_VERDICT[verdict];
