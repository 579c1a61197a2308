import type { CycleReport } from '../../contracts/report.ts';
import type { LabelCounts, LabelSession, SessionItem } from '../../contracts/session.ts';
import { type Adjudication, listAdjudications } from '../../db/labels/adjudications.ts';
import type { Db } from '../../db/connect.ts';
import { getJudge } from '../../db/versions/judges.ts';
import { listLabels } from '../../db/labels/labels.ts';
import { listItems } from '../../db/labels/items.ts';
import * as sessions from '../../db/labels/sessions.ts';
import { listSkips } from '../../db/labels/skips.ts';
import { scaleOrder } from '../../domain/evaluate/scale.ts';
import { consensusOf, itemKey, labelsInTime } from '../../domain/label/consensus.ts';
import { countLabels as count } from '../../domain/label/count.ts';
import { ratingsOfItems } from '../../domain/label/ratings.ts';
import { reliabilityOf } from '../../domain/statistics/reliability.ts';
import { type ActivityDeps, type CycleRef, prefixOf } from '../deps.ts';

/** What a session has by now, counted anew from the labels that came in time; the consensus is that of all rounds of its cycle. */
export async function countLabels(
  db: Db,
  at: { readonly project: string; readonly session: string },
): Promise<LabelCounts> {
  const { project } = at;
  const session = await sessions.getSession(db, at);
  const name = session.judge;
  const [items, earlier, labels, judge, skips, decided] = await Promise.all([
    listItems(db, at),
    earlierItems(db, session),
    // Of any session: who has judged an output is not asked for it again.
    listLabels(db, { project, name, sealed: session.kind === 'check' }),
    getJudge(db, { project, id: session.judgeVersion }),
    listSkips(db, at),
    decisionsOf(db, { project, name }),
  ]);
  const type = judge.definition.value;
  return count({ session, items, earlier, labels, type, decided, skipped: skips.length });
}

/** Decisions by item. */
async function decisionsOf(
  db: Db,
  at: { readonly project: string; readonly name: string },
): Promise<ReadonlyMap<string, Adjudication>> {
  const decided = await listAdjudications(db, at);
  return new Map(decided.map((row) => [itemKey(row), row]));
}

async function earlierItems(db: Db, session: LabelSession): Promise<readonly SessionItem[]> {
  const { project, cycle, kind, round } = session;
  if (cycle === null || kind !== 'round' || round === 1) return [];
  const before = (await roundsOf(db, project, cycle)).filter((other) => other.round < round);
  return (
    await Promise.all(before.map(({ id }) => listItems(db, { project, session: id })))
  ).flat();
}

/** The label sessions of a cycle, newest first. */
async function roundsOf(
  db: Db,
  project: string,
  cycle: string,
): Promise<readonly sessions.SessionSummary[]> {
  const all = await sessions.listSessions(db, { project, cycle });
  return all.filter((session) => session.kind === 'round');
}

/** What the rounds of a cycle so far have asked, and which of their items people have not agreed on. */
export async function roundBefore(
  db: Db,
  ref: CycleRef,
): Promise<{
  readonly asked: ReadonlySet<string>;
  readonly unsettled: ReadonlySet<string>;
  /** Labels by item. */
  readonly given: ReadonlyMap<string, number>;
} | null> {
  const { project } = ref;
  const rounds = await roundsOf(db, project, prefixOf(ref));
  const [last] = rounds;
  if (last === undefined) return null;
  const items = await Promise.all(rounds.map(({ id }) => listItems(db, { project, session: id })));
  const asked = new Set(items.flat().map(itemKey));
  const [labels, judge, decided] = await Promise.all([
    listLabels(db, { project, name: last.judge }),
    getJudge(db, { project, id: last.judgeVersion }),
    decisionsOf(db, { project, name: last.judge }),
  ]);
  const inTime = Map.groupBy(labelsInTime(labels), itemKey);
  const agreed = (item: string): boolean =>
    decided.has(item) ||
    consensusOf(inTime.get(item) ?? [], judge.definition.value)?.kind === 'value';
  return {
    asked,
    unsettled: new Set([...asked].filter((item) => !agreed(item))),
    given: new Map([...asked].map((item) => [item, inTime.get(item)?.length ?? 0])),
  };
}

/** Krippendorff's alpha over the labels of all rounds of a cycle. */
export async function labelAgreement(
  { db }: ActivityDeps,
  ref: CycleRef,
): Promise<{ readonly alpha: number | null }> {
  const { project } = ref;
  const rounds = await roundsOf(db, project, prefixOf(ref));
  const [last] = rounds;
  if (last === undefined) return { alpha: null };
  const items = await Promise.all(rounds.map(({ id }) => listItems(db, { project, session: id })));
  const labels = await listLabels(db, { project, name: last.judge });
  const { value: type } = (await getJudge(db, { project, id: last.judgeVersion })).definition;
  const order = scaleOrder(type);
  const ratings = ratingsOfItems(items.flat(), labels, {
    // Without resamples there is no interval, and clusters count for nothing.
    clusters: new Map(),
    type,
    ordinal: order !== undefined,
  });
  const { alpha } = reliabilityOf(ratings, {
    seed: prefixOf(ref),
    resamples: 0,
    ...(order !== undefined && { order }),
  });
  return { alpha };
}

/** Raters whose names say that a program labelled. */
const SCRIPTED = /^scripted\b/;

/** The labels of a cycle for its report; null where no session was opened. */
export async function labelSummary(
  db: Db,
  ref: CycleRef,
): Promise<{
  readonly scripted: boolean;
  readonly counts: NonNullable<CycleReport['labels']>;
} | null> {
  const { project } = ref;
  const rounds = await roundsOf(db, project, prefixOf(ref));
  const [last] = rounds;
  if (last === undefined) return null;
  const { consensus, contested } = await countLabels(db, { project, session: last.id });
  const items = await Promise.all(rounds.map(({ id }) => listItems(db, { project, session: id })));
  const wanted = new Set(items.flat().map(itemKey));
  const given = await listLabels(db, { project, name: last.judge });
  const current = labelsInTime(given).filter((at) => wanted.has(itemKey(at)));
  const raters = new Set(given.filter((at) => wanted.has(itemKey(at))).map(({ rater }) => rater));
  return {
    scripted: [...raters].some((rater) => SCRIPTED.test(rater)),
    counts: {
      labels: current.length,
      items: wanted.size,
      consensus,
      contested,
      raters: raters.size,
    },
  };
}
