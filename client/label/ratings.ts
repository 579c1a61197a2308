import { getJudge } from '../../db/versions/judges.ts';
import { listLabels } from '../../db/labels/labels.ts';
import { clustersOfItems, listItems } from '../../db/labels/items.ts';
import { getSession } from '../../db/labels/sessions.ts';
import { scaleOrder } from '../../domain/evaluate/scale.ts';
import type { Rating } from '../../domain/statistics/reliability.ts';
import { ratingsOfItems } from '../../domain/label/ratings.ts';
import type { Cli } from '../cli.ts';

/** The labels of a session as ratings, and the order of their values: the wanted one, or the judge's scale where it has one. */
export async function sessionRatings(
  cli: Cli,
  id: string,
  wanted: { readonly level: string | undefined; readonly order: readonly string[] | undefined },
): Promise<{ readonly ratings: readonly Rating[]; readonly order: readonly string[] | undefined }> {
  const { project } = cli.connections;
  const db = await cli.connections.database();
  const session = await getSession(db, { project, session: id });
  const [items, clusters, labels, judge] = await Promise.all([
    listItems(db, { project, session: id }),
    clustersOfItems(db, { project, session: id }),
    listLabels(db, { project, name: session.judge, itemsOf: id }),
    getJudge(db, { project, id: session.judgeVersion }),
  ]);
  const { value: type } = judge.definition;
  const order = wanted.level === 'nominal' ? undefined : (wanted.order ?? scaleOrder(type));
  const ordinal = order !== undefined;
  return { ratings: ratingsOfItems(items, labels, { clusters, type, ordinal }), order };
}
