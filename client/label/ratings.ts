import { getJudge } from '../../db/judges.ts';
import { listLabels } from '../../db/labels.ts';
import { listItems } from '../../db/session-items.ts';
import { getSession } from '../../db/sessions.ts';
import { scaleOrder } from '../../domain/evaluate/scale.ts';
import { currentLabels, itemKey } from '../../domain/label/consensus.ts';
import type { Rating } from '../../domain/label/reliability.ts';
import type { Cli } from '../cli.ts';

/** The labels of a session as ratings, and the order of their values where the judge's values are a scale. */
export async function sessionRatings(
  cli: Cli,
  id: string,
): Promise<{ readonly ratings: readonly Rating[]; readonly order: readonly string[] | undefined }> {
  const { project } = cli.connections;
  const db = await cli.connections.database();
  const session = await getSession(db, { project, session: id });
  const [items, labels, judge] = await Promise.all([
    listItems(db, { project, session: id }),
    listLabels(db, { project, name: session.judge }),
    getJudge(db, { project, id: session.judgeVersion }),
  ]);
  const wanted = new Set(items.map(itemKey));
  const ratings = currentLabels(labels)
    .filter((label) => wanted.has(itemKey(label)))
    .map((label) => ({
      item: itemKey(label),
      cluster: label.example,
      rater: label.rater,
      value: String(label.value),
    }));
  return { ratings, order: scaleOrder(judge.definition.value) };
}
