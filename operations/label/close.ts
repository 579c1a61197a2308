import { z } from 'zod';
import { endSession } from '../../db/labels/sessions.ts';
import type { Operation } from '../operation.ts';
import { sessionId } from './shapes.ts';

const input = z.strictObject({ session: sessionId });
const output = z.strictObject({ session: z.string(), state: z.literal('closed') });

export const closeSession = {
  name: 'label.close',
  says: 'Ends a label session: labels that come later are late.',
  role: 'editor',
  effect: 'writes',
  input,
  output,
  example: { session: 'spot-check' },
  audit: 'within',
  async run({ db, project, who }, { session }) {
    await endSession(db, { project, session, who });
    return { session, state: 'closed' as const };
  },
} as const satisfies Operation<typeof input, typeof output>;
