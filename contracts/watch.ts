import { z } from 'zod';
import { duration } from './duration.ts';
import { name } from './name.ts';

/** How a promotion is watched: by pairs on fresh conversations of a dataset, by recorded traffic, or both. */
export const watchPolicy = z.strictObject({
  /** Whose fresh conversations are run under both prompts; default the cycle's. */
  dataset: name.optional(),
  /** How much worse, in score, the new prompt may be. */
  tolerance: z.number().min(0).max(0.9).default(0.05),
  /** Chance of rolling back a prompt that is not worse than that. */
  alpha: z.number().min(0.0001).max(0.5).default(0.05),
  window: duration.default('7d'),
  /** Conversations after which the watch ends. */
  most: z.int().positive().default(500),
  /** Pairs run at once. */
  batch: z.int().min(1).max(500).default(20),
  /** How often fresh conversations are looked for. */
  every: duration.default('1m'),
});
export type WatchPolicy = z.infer<typeof watchPolicy>;

export const watchOutcome = z.enum(['rolled-back', 'held', 'superseded', 'stopped']);
export type WatchOutcome = z.infer<typeof watchOutcome>;

/** One request of randomized traffic: which prompt it got, with what chance the new one, and its score. */
export const trafficLine = z.strictObject({
  conversation: z.string().min(1),
  arm: z.enum(['predecessor', 'promoted']),
  /** Chance with which the request got the promoted prompt. */
  chance: z.number().gt(0).lt(1),
  score: z.number().min(0).max(1),
});

/** Where a watch stands. */
export type WatchStatus = {
  readonly observations: number;
  /** The e-value now and the largest so far; roll back at `limit` = 1 / alpha. */
  readonly evidence: number;
  readonly peak: number;
  readonly limit: number;
  readonly ended: boolean;
  readonly outcome: WatchOutcome | null;
  readonly why: string | null;
};
