import type { LabelCounts, SessionEnd } from '../../contracts/session.ts';
import { milliseconds } from '../../contracts/duration.ts';
import type { Db } from '../../db/connect.ts';
import * as cycles from '../../db/cycles/cycles.ts';
import * as runs from '../../db/runs/runs.ts';
import * as sessions from '../../db/labels/sessions.ts';
import * as traces from '../../db/traces/traces.ts';
import { moreItems } from '../../domain/label/more-items.ts';
import { type Candidate, selectItems } from '../../domain/label/select.ts';
import { countLabels, roundBefore } from './figures.ts';
import { agreementPlan } from '../../domain/promote/folds.ts';
import { type ActivityDeps, type CycleRef, evaluateRun } from '../deps.ts';
import { sessionEnds } from '../evaluate/subjects.ts';

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
  /** Of one that was there before the cycle was resumed: how it ended, where it has. */
  readonly ended?: SessionEnd;
  /** Of the same where it is open: milliseconds to its deadline. */
  readonly leftMs?: number;
};

const NOTHING: LabelCounts = {
  labels: 0,
  skipped: 0,
  target: 0,
  items: 0,
  consensus: 0,
  contested: 0,
  minimum: 0,
  values: 0,
};

/** Opens the label session of a round on chosen tagged traces; a retry answers the one that is open. A further round without an item opens none. */
export async function openSession(
  { db, now }: ActivityDeps,
  { ref, round }: { readonly ref: CycleRef; readonly round: number },
): Promise<OpenedSession> {
  const cycle = await cycles.getCycle(db, ref);
  const { label } = cycle.spec;
  const candidates = await candidatesOf(db, ref);
  const method = agreementPlan(candidates.filter((item) => item.part === 'judge-test').length);
  const select = { policy: label.select, method, seed: evaluateRun(ref) };
  const first = selectItems(candidates, select);
  const again = round > 1 ? await roundBefore(db, ref) : null;
  const { items, wanted } =
    again === null
      ? { items: first, wanted: first.length * label.raters }
      : moreItems({
          candidates,
          ...again,
          size: first.length,
          raters: label.raters,
          seed: select.seed,
        });
  if (items.length === 0 && round > 1) return { id: '', items: 0, counts: NOTHING };
  const opened = await sessions.openSession(db, ref, {
    round,
    judgeVersion: cycle.baseJudge,
    ratersPerItem: label.raters,
    minimum: label.minimum,
    target: Math.min(label.target ?? Infinity, wanted),
    questions: label.questions,
    deadline: new Date(now() + milliseconds(label.deadline)).toISOString(),
    items,
  });
  return standingOf(db, { ...opened, now: now() });
}

type Opened = Awaited<ReturnType<typeof sessions.openSession>> & { readonly now: number };

/** Where a session stands; one of a cycle that was resumed keeps its deadline and its end. */
export async function standingOf(
  db: Db,
  { session, created, now }: Opened,
): Promise<OpenedSession> {
  const { id, project, deadline, endedBy } = session;
  const at = { project, session: id };
  const counts = await countLabels(db, at);
  const found = { id, items: counts.items, counts };
  if (created) return found;
  if (endedBy !== null) return { ...found, ended: endedBy };
  if (deadline === null) return found;
  return { ...found, leftMs: Math.max(0, Date.parse(deadline) - now) };
}

async function candidatesOf(db: Db, ref: CycleRef): Promise<Candidate[]> {
  const at = { project: ref.project, run: evaluateRun(ref) };
  const [run, rows] = await Promise.all([runs.getRun(db, at), runs.loadResults(db, at)]);
  const trials = Map.groupBy(rows, (row) => row.example);
  const conversations = [...new Set(rows.map((row) => row.conversation))];
  // Nobody is asked of a row of which the judge says nothing by its nature.
  const ends = await sessionEnds(db, { run, scorer: run.primary, conversations });
  return rows
    .filter((row) => reasonOf(row) === 'complete' && (ends?.has(row.example) ?? true))
    .map((row) => ({
      spread: spreadOf(trials.get(row.example)!),
      text: JSON.stringify(row.content.inputs),
      example: row.example,
      outputHash: row.outputHash!,
      traceId: row.traceId!,
      part: row.part as Candidate['part'],
      score: row.assessment!.score,
    }));
}

/** How far the scores of one example lie apart over its trials; null with fewer than two. */
function spreadOf(rows: readonly runs.ScoreRow[]): number | null {
  const scores = rows.flatMap(({ assessment }) => assessment?.score ?? []);
  return scores.length < 2 ? null : Math.max(...scores) - Math.min(...scores);
}

export async function closeSession(
  { db }: ActivityDeps,
  of: { readonly ref: CycleRef; readonly session: string; readonly ended: SessionEnd },
): Promise<void> {
  const { ref, session, ended } = of;
  await sessions.closeSession(db, { project: ref.project, session, endedBy: ended });
}
