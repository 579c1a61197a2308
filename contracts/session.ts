import { z } from 'zod';
import { name } from './name.ts';

export type SessionKind = 'round' | 'check';

/** What ended the wait of a session: the cycle that waited may itself have ended first. */
export type SessionEnd = 'signal' | 'target' | 'deadline' | 'cycle' | 'owner';

/** Work handed to people: one round of a cycle. */
export type LabelSession = {
  readonly id: string;
  readonly project: string;
  readonly cycle: string | null;
  /** `check`: outputs of both arms of a gate, mixed; the only session that shows sealed rows, and only while it is open. */
  readonly kind: SessionKind;
  readonly round: number;
  readonly judge: string;
  readonly judgeVersion: string;
  /** Labels wanted for each item, each from another rater. */
  readonly ratersPerItem: number;
  /** Consensus items of both label parts that the cycle needs before it goes on. */
  readonly minimum: number;
  /** Labels that end the wait by themselves. */
  readonly target: number;
  readonly deadline: string | null;
  readonly state: 'open' | 'closed';
  /** Null while it is open. */
  readonly endedBy: SessionEnd | null;
  /** Asked beside the judge's question. */
  readonly questions: readonly SessionQuestion[];
};

/** A further question of a session: any text, or what the answer should have been. */
export const sessionQuestion = z.strictObject({
  name,
  kind: z.enum(['text', 'expectation']).default('text'),
  text: z.string().min(1).max(1_000),
});
export type SessionQuestion = z.infer<typeof sessionQuestion>;

export type SessionItem = {
  readonly session: string;
  readonly ordinal: number;
  readonly traceId: string;
  readonly example: string;
  readonly outputHash: string;
  /** Inverse of the inclusion probability; null where the policy has none. */
  readonly weight: number | null;
  readonly reason: string;
};

/** What counts towards the minimum of a round. */
export type LabelCounts = {
  readonly labels: number;
  /** Answered with a reason in place of a label: the work on them is done. */
  readonly skipped: number;
  readonly target: number;
  readonly items: number;
  readonly consensus: number;
  readonly contested: number;
  readonly minimum: number;
  readonly values: number;
  /** Different values that are needed before the wait may end; default 2. */
  readonly leastValues?: number;
};

/** Enough to go on: the minimum of consensus items, with values that differ where alignment is to learn from them. */
export const enoughLabels = (counts: LabelCounts): boolean =>
  counts.consensus >= counts.minimum && counts.values >= (counts.leastValues ?? 2);
