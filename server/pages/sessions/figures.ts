import type { JudgeDefinition } from '../../../contracts/judge.ts';
import type { Label } from '../../../contracts/label.ts';
import type { LabelSession, SessionItem } from '../../../contracts/session.ts';
import { type Adjudication, listAdjudications } from '../../../db/labels/adjudications.ts';
import type { Db } from '../../../db/connect.ts';
import { getJudge } from '../../../db/versions/judges.ts';
import { listLabels } from '../../../db/labels/labels.ts';
import { clustersOfItems, listItems } from '../../../db/labels/items.ts';
import { getSession } from '../../../db/labels/sessions.ts';
import { listSkips, type Skip } from '../../../db/labels/skips.ts';
import { scaleOrder } from '../../../domain/evaluate/scale.ts';
import { consensusOf, currentLabels, itemKey } from '../../../domain/label/consensus.ts';
import { ratingsOfItems } from '../../../domain/label/ratings.ts';
import { type Reliability, reliabilityOf } from '../../../domain/statistics/reliability.ts';

export type SessionFigures = {
  readonly session: LabelSession;
  readonly definition: JudgeDefinition;
  readonly items: readonly SessionItem[];
  /** The last of each rater that came in time, for the session's items. */
  readonly labels: readonly Label[];
  /** Given after the end: kept, and in no figure. */
  readonly late: readonly Label[];
  readonly skips: readonly Skip[];
  readonly agreement: Reliability;
  /** Items on which the raters agree. */
  readonly agreed: number;
  /** Items whose raters do not agree, with what was decided. */
  readonly contested: readonly {
    readonly item: SessionItem;
    readonly labels: readonly Label[];
    readonly decided: Adjudication | null;
  }[];
};

const RESAMPLES = 500;

/** What an owner wants to know of a session. @throws NotFoundError */
export async function sessionFigures(
  db: Db,
  at: { readonly project: string; readonly session: string },
): Promise<SessionFigures> {
  const { project } = at;
  const session = await getSession(db, at);
  const name = session.judge;
  const [items, clusters, given, skips, judge, decided] = await Promise.all([
    listItems(db, at),
    clustersOfItems(db, at),
    listLabels(db, { project, name, itemsOf: session.id }),
    listSkips(db, at),
    getJudge(db, { project, id: session.judgeVersion }),
    listAdjudications(db, { project, name }),
  ]);
  const byKey = new Map(items.map((item) => [itemKey(item), item]));
  const labels = currentLabels(given.filter(({ late }) => !late));
  const decisions = new Map(decided.map((row) => [itemKey(row), row]));
  const type = judge.definition.value;
  const byItem = [...Map.groupBy(labels, itemKey)];
  const contested = byItem
    .filter(([, own]) => consensusOf(own, type)?.kind === 'contested')
    .map(([key, own]) => ({
      item: byKey.get(key)!,
      labels: own,
      decided: decisions.get(key) ?? null,
    }))
    // What nobody has decided comes first.
    .sort(
      (a, b) =>
        Number(a.decided !== null) - Number(b.decided !== null) || a.item.ordinal - b.item.ordinal,
    );
  const order = scaleOrder(type);
  const agreement = reliabilityOf(
    ratingsOfItems(items, given, { clusters, type, ordinal: order !== undefined }),
    {
      seed: session.id,
      resamples: RESAMPLES,
      ...(order !== undefined && { order }),
    },
  );
  const agreed = byItem.length - contested.length;
  return {
    session,
    definition: judge.definition,
    items,
    labels,
    late: currentLabels(given).filter(({ late }) => late),
    skips,
    agreement,
    agreed,
    contested,
  };
}
