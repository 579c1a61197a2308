import { z } from 'zod';

/** The parts of a dataset's conversations: four of TUNE, and SEALED (specs/promote.md). */
export const part = z.enum(['align-labels', 'judge-test', 'train', 'validation', 'sealed']);
export type Part = z.infer<typeof part>;

export const TUNE_PARTS = ['align-labels', 'judge-test', 'train', 'validation'] as const;

/** The permanent membership of one conversation in a project. */
export type Membership = {
  readonly conversation: string;
  readonly part: Part;
  /** Set by a tag at the conversation's first import; never changed by a later one. */
  readonly pinned: boolean;
  /** The first-imported conversation of its near-duplicate group. */
  readonly group: string;
};
