import { z } from 'zod';
import { labelsAnswer } from '../../contracts/session-view.ts';
import { recordLabels } from '../../db/labels/labels.ts';
import { answerFault } from '../../domain/label/answer-fault.ts';
import type { Operation } from '../operation.ts';
import { answerOf, lines } from './shapes.ts';

const input = z.strictObject({ labels: lines });

export const importLabels = {
  name: 'label.import',
  says: 'Records labels: all of them, or none; equal content changes nothing.',
  role: 'labeller',
  effect: 'writes',
  input,
  output: labelsAnswer,
  example: {
    labels: [
      { row_id: 'm-17', rater: 'ana', name: 'correctness', value: true, rationale: 'Right.' },
    ],
  },
  // One row a label, under its rater.
  audit: 'within',
  async run({ db, project, who: by, now }, { labels }) {
    const request = { project, lines: labels, now, faultOf: answerFault, by };
    return { labels: (await recordLabels(db, request)).map(answerOf) };
  },
} as const satisfies Operation<typeof input, typeof labelsAnswer>;
