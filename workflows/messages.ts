import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { CompleteLabelingAnswer, CycleProgress, Decision } from '../contracts/progress.ts';

export type LabelingComplete = {
  /** The session meant; a message for an earlier round is ignored. Absent: the open one. */
  readonly session?: string;
};

/** People are done, as far as the sender knows: the workflow recounts before it goes on. */
export const labelingComplete = defineSignal<[LabelingComplete?]>('labelingComplete');

/** Like `labelingComplete`, with an answer. Refused outside the label phase. */
export const completeLabeling = defineUpdate<CompleteLabelingAnswer, [LabelingComplete?]>(
  'completeLabeling',
);

export const approvePromotion = defineUpdate<void, [Decision]>('approvePromotion');
export const rejectPromotion = defineUpdate<void, [Decision]>('rejectPromotion');

/** Traffic was recorded for a watch: it looks at once. */
export const observed = defineSignal('observed');

/** A turn of a test drive waits for its answer: the row may say so while the workflow is still ending the time before. */
export const turnWaits = defineSignal('turnWaits');

export const progress = defineQuery<CycleProgress>('progress');
