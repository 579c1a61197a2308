import type { LabelCounts } from './session.ts';
import type { Outcome, Verdict } from './report.ts';

export const PHASES = [
  'preflight',
  'evaluate',
  'tag',
  'label',
  'align',
  'baseline',
  'optimize',
  'gate',
  'check',
  'approve',
  'promote',
  'report',
] as const;
export type Phase = (typeof PHASES)[number];

/** Phases that call models, each in a child workflow of its own: what a budget may limit singly. */
export const PAID_PHASES = ['evaluate', 'align', 'baseline', 'optimize', 'gate'] as const;
export type PaidPhase = (typeof PAID_PHASES)[number];

/** The answer of the query `progress`: what a person wants to know of a running cycle. */
export type CycleProgress = {
  readonly phase: Phase;
  /** The open label session, while people are waited for. */
  readonly session: string | null;
  readonly counts: LabelCounts | null;
  /** One sentence, such as why a wait goes on. */
  readonly note: string;
  readonly outcome: Outcome | null;
  readonly verdict: Verdict | null;
};

/** What a cycle ends with: the workflow's result. */
export type CycleResult = {
  readonly outcome: Outcome;
  readonly verdict: Verdict | null;
  readonly evidenceHash: string;
  /** A few lines a person can read in the Temporal UI. */
  readonly summary: string;
};

/** The answer of the update `completeLabeling`. */
export type CompleteLabelingAnswer = {
  readonly accepted: boolean;
  readonly have: number;
  readonly need: number;
  readonly why: string;
};

export type Decision = {
  readonly who: string;
  readonly why: string;
};

/** A person's word on a promotion that the gate allowed. */
export type Decided = Decision & { readonly approved: boolean };
