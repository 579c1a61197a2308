import { z } from 'zod';
import { type Label, type LabelLine, labelLine } from '../../contracts/label.ts';
import type { Db } from '../../db/connect.ts';
import { listLabels } from '../../db/labels/labels.ts';
import { getSession } from '../../db/labels/sessions.ts';
import { currentLabels } from '../../domain/label/consensus.ts';
import type { Operation } from '../operation.ts';
import { pageOf, pageOfRows, paging } from '../page.ts';

const input = z.strictObject({
  session: z.string().min(1).optional().describe('of one label session'),
  all: z.boolean().default(false).describe('superseded ones too'),
  ...paging,
});
const output = pageOf(labelLine);

export const exportLabels = {
  name: 'label.export',
  says: 'Lists labels as import reads them: the last of each rater and output.',
  role: 'viewer',
  effect: 'reads',
  input,
  output,
  example: { session: 'demo/1/1' },
  async run({ db, project }, { session, all, ...page }) {
    const labels = await labelsOf(db, { project, session });
    const given = all ? labels.filter(({ withdrawn }) => !withdrawn) : currentLabels(labels);
    const { items, next } = pageOfRows(given, page, ({ id }) => id);
    return { items: items.map(lineOf), next };
  },
} as const satisfies Operation<typeof input, typeof output>;

/** Labels of a session, or of all. @throws NotFoundError */
export async function labelsOf(
  db: Db,
  { project, session }: { readonly project: string; readonly session: string | undefined },
): Promise<readonly Label[]> {
  if (session !== undefined) await getSession(db, { project, session });
  return listLabels(db, { project, ...(session !== undefined && { session }) });
}

const lineOf = (label: Label): LabelLine => ({
  trace_id: label.traceId,
  output_hash: label.outputHash,
  rater: label.rater,
  name: label.name,
  value: label.value,
  ...(label.rationale !== null && { rationale: label.rationale }),
  ...(label.extras !== null && { extras: { ...label.extras } }),
});
