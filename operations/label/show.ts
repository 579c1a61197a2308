import { z } from 'zod';
import { NotFoundError } from '../../db/errors.ts';
import { listSessions } from '../../db/labels/sessions.ts';
import { currentLabels } from '../../domain/label/consensus.ts';
import type { Operation } from '../operation.ts';
import { labelsOf } from './export.ts';
import { label, sessionId, sessionSummary } from './shapes.ts';

const input = z.strictObject({ session: sessionId });
const output = sessionSummary.extend({ given: z.array(label) });

export const showSession = {
  name: 'label.show',
  says: 'Shows a label session and its labels, the last of each rater.',
  role: 'viewer',
  effect: 'reads',
  input,
  output,
  example: { session: 'demo/1/1' },
  async run({ db, project }, { session: id }) {
    const [session] = await listSessions(db, { project, session: id });
    if (session === undefined)
      throw new NotFoundError('label session', id, '`attune label list` shows them');
    const given = currentLabels(await labelsOf(db, { project, session: id }));
    return {
      ...session,
      questions: [...session.questions],
      given: given.map((row) => ({ ...row })),
    };
  },
} as const satisfies Operation<typeof input, typeof output>;
