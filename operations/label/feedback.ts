import { z } from 'zod';
import { feedback, THUMBS } from '../../contracts/feedback.ts';
import { labelAnswer } from '../../contracts/session-view.ts';
import { recordLabels } from '../../db/labels/labels.ts';
import { answerFault } from '../../domain/label/answer-fault.ts';
import type { Operation } from '../operation.ts';
import { answerOf } from './shapes.ts';

const output = z.strictObject({ label: labelAnswer });

export const giveFeedback = {
  name: 'label.feedback',
  says: 'Records the thumb of somebody who uses the product, about one trace.',
  role: 'labeller',
  effect: 'writes',
  input: feedback,
  output,
  example: { trace_id: '0af7651916cd43dd8448eb211c80319c', thumbs: 'up', user: 'u-7' },
  audit: 'within',
  async run({ db, project, now, who: by }, { trace_id, thumbs, comment, user = 'unnamed' }) {
    const line = {
      trace_id,
      rater: raterOf(user),
      name: THUMBS,
      value: thumbs === 'up',
      ...(comment !== undefined && { rationale: comment }),
    };
    const request = { project, lines: [line], now, faultOf: answerFault, by };
    const [recorded] = await recordLabels(db, request);
    return { label: answerOf(recorded!) };
  },
} as const satisfies Operation<typeof feedback, typeof output>;

/** Under what name the labels of a user are kept. */
export const raterOf = (user: string): string => `user:${user}`;
