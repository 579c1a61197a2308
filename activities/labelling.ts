import type { CycleReport } from '../contracts/report.ts';
import type { LabelCounts } from '../contracts/session.ts';
import { milliseconds } from '../contracts/spec.ts';
import { log } from '@temporalio/activity';
import type { Db } from '../db/connect.ts';
import * as cycles from '../db/cycles.ts';
import { getJudge } from '../db/judges.ts';
import { listLabels } from '../db/labels.ts';
import * as runs from '../db/runs.ts';
import { listItems } from '../db/session-items.ts';
import * as sessions from '../db/sessions.ts';
import { listSkips } from '../db/skips.ts';
import * as traces from '../db/traces.ts';
import { itemKey } from '../domain/label/consensus.ts';
import { countLabels as count } from '../domain/label/count.ts';
import { type Candidate, selectItems } from '../domain/label/select.ts';
import { agreementPlan } from '../domain/promote/folds.ts';
import { type ActivityDeps, type CycleRef, evaluateRun, prefixOf } from './deps.ts';

/** Tags the traces that agent and judge both finished; the rest are counted by reason. */
export async function tagTraces(
  { db }: ActivityDeps,
  ref: CycleRef,
): Promise<Readonly<Record<string, number>>> {
  const { project } = ref;
  const rows = await runs.loadScores(db, { project, run: evaluateRun(ref) });
  const reasons = Map.groupBy(rows, reasonOf);
  const ids = (reasons.get('complete') ?? []).map((row) => row.traceId!);
  await traces.tagTraces(db, { project, ids, tags: { eval: 'complete' } });
  return Object.fromEntries([...reasons].map(([reason, found]) => [reason, found.length]));
}

function reasonOf(row: runs.ScoreRow): string {
  if (row.status !== 'ok') return `agent ${row.status}`;
  return row.assessment === null || row.assessment.error !== null ? 'judge failed' : 'complete';
}

export type OpenedSession = {
  readonly id: string;
  readonly items: number;
  readonly counts: LabelCounts;
};

/** Opens the label session of a round on chosen tagged traces; a retry answers the one that is open. */
export async function openSession(
  { db, now }: ActivityDeps,
  { ref, round }: { readonly ref: CycleRef; readonly round: number },
): Promise<OpenedSession> {
  const { project } = ref;
  const cycle = await cycles.getCycle(db, ref);
  const { label } = cycle.spec;
  const candidates = await candidatesOf(db, ref);
  const items = selectItems(candidates, {
    policy: label.select,
    method: agreementPlan(candidates.filter((item) => item.part === 'judge-test').length),
    seed: evaluateRun(ref),
  });
  const { session } = await sessions.openSession(db, ref, {
    round,
    judgeVersion: cycle.baseJudge,
    ratersPerItem: label.raters,
    minimum: label.minimum,
    target: Math.min(label.target ?? Infinity, items.length * label.raters),
    deadline: new Date(now() + milliseconds(label.deadline)).toISOString(),
    items,
  });
  const counts = await countLabels(db, { project, session: session.id });
  return { id: session.id, items: counts.items, counts };
}

async function candidatesOf(db: ActivityDeps['db'], ref: CycleRef): Promise<Candidate[]> {
  const rows = await runs.loadScores(db, { project: ref.project, run: evaluateRun(ref) });
  return rows
    .filter((row) => reasonOf(row) === 'complete')
    .map((row) => ({
      example: row.example,
      outputHash: row.outputHash!,
      traceId: row.traceId!,
      part: row.part as Candidate['part'],
      score: row.assessment!.score,
    }));
}

/** Says in the worker's log that people are waited for. */
export async function remind(
  { db }: ActivityDeps,
  of: { readonly project: string; readonly session: string; readonly ordinal: number },
): Promise<void> {
  const { labels, target } = await countLabels(db, of);
  log.info(`reminder ${of.ordinal + 1}: session ${of.session} has ${labels} of ${target} labels`);
}

export async function closeSession(
  { db }: ActivityDeps,
  of: { readonly ref: CycleRef; readonly session: string; readonly ended: string },
): Promise<void> {
  const { ref, session, ended } = of;
  await sessions.closeSession(db, { project: ref.project, session, endedBy: ended });
}

/** What a session has by now, counted anew from the labels that came in time. */
export async function countLabels(
  db: Db,
  at: { readonly project: string; readonly session: string },
): Promise<LabelCounts> {
  const session = await sessions.getSession(db, at);
  const [items, labels, judge, skips] = await Promise.all([
    listItems(db, at),
    // Of any session: who has judged an output is not asked for it again.
    listLabels(db, {
      project: at.project,
      name: session.judge,
      sealed: session.kind === 'check',
    }),
    getJudge(db, { project: at.project, id: session.judgeVersion }),
    listSkips(db, at),
  ]);
  const type = judge.definition.value;
  return count({ session, items, labels, type, skipped: skips.length });
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
  const own = (await sessions.listSessions(db, { project })).filter(
    (session) => session.cycle === prefixOf(ref) && session.kind === 'round',
  );
  const session = own[0]?.id;
  if (session === undefined) return null;
  const { labels, items, consensus, contested } = await countLabels(db, { project, session });
  const wanted = new Set((await listItems(db, { project, session })).map(itemKey));
  const given = await listLabels(db, { project, name: own[0]!.judge });
  const raters = new Set(given.filter((at) => wanted.has(itemKey(at))).map(({ rater }) => rater));
  return {
    scripted: [...raters].some((rater) => SCRIPTED.test(rater)),
    counts: { labels, items, consensus, contested, raters: raters.size },
  };
}
