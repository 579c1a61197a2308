import { milliseconds } from '../../contracts/duration.ts';
import { hashJson } from '../../contracts/hash.ts';
import type { WatchOutcome, WatchStatus } from '../../contracts/watch.ts';
import { rollbackAliases, standsAt } from '../../db/versions/aliases.ts';
import type { Db } from '../../db/connect.ts';
import * as cycles from '../../db/cycles/cycles.ts';
import { getDataset } from '../../db/data/datasets.ts';
import { AliasMovedError, NoPredecessorError, VariablesChangedError } from '../../db/errors.ts';
import * as runs from '../../db/runs/runs.ts';
import * as watches from '../../db/cycles/watches.ts';
import { pairDifferences } from '../../domain/promote/watch-pairs.ts';
import { evidence, mustRollBack, watched } from '../../domain/promote/watch.ts';
import { currentAgent } from '../agent.ts';
import { type ActivityDeps, type CycleRef, prefixOf } from '../deps.ts';
import { scorersOf } from '../evaluate/evaluation.ts';

export type WatchTurn = { readonly ref: CycleRef; readonly turn: number };

const runsOf = (ref: CycleRef): string => `watch/${prefixOf(ref)}/`;

/** Begins the watch of a promotion where the spec of its cycle asks for one; a repeat finds it, and one that failed runs again. */
export async function openWatch(
  { db }: ActivityDeps,
  ref: CycleRef,
): Promise<{ readonly everyMs: number }> {
  const { spec } = await cycles.getCycle(db, ref);
  const { policy } =
    spec.watch === undefined
      ? await watches.getWatch(db, ref)
      : await watches.openWatch(db, ref, spec.watch);
  await watches.resumeWatch(db, ref);
  return { everyMs: milliseconds(policy.every) };
}

/** Plans both prompts on a sample of fresh conversations, side by side: nothing where none is fresh. */
export async function planWatch(
  { db }: ActivityDeps,
  { ref, turn }: WatchTurn,
): Promise<{ readonly run: string; readonly total: number }> {
  const { project } = ref;
  const run = `${runsOf(ref)}${turn}`;
  const watch = await watches.getWatch(db, ref);
  const cycle = await cycles.getCycle(db, ref);
  const known = await runs.findRun(db, { project, run });
  if (known !== null) return { run, total: known.planned };
  const { policy } = watch;
  const id = policy.dataset ?? cycle.datasetVersion.split('@')[0]!;
  const version = (await getDataset(db, { project, id })).id;
  const left = policy.most - (await watches.listObservations(db, ref)).length;
  const most = Math.min(policy.batch, left);
  if (watch.state === 'ended' || most <= 0) return { run, total: 0 };
  const sample = await watches.sampleFresh(db, ref, { version, runs: runsOf(ref), most });
  if (sample.length === 0) return { run, total: 0 };
  return db.transaction().execute(async (tx) => {
    await openRun(tx, cycle, { run, version });
    const cells = sample.flatMap(({ example }) => ARMS.map((arm) => ({ arm, example, trial: 0 })));
    return { run, total: (await runs.planRollouts(tx, { project, run, cells })).to };
  });
}

const ARMS = ['predecessor', 'promoted'] as const;

/** A run of its own, on the newest data, under the judge that said promote. */
async function openRun(
  tx: Db,
  cycle: cycles.Cycle,
  { run, version }: { readonly run: string; readonly version: string },
): Promise<void> {
  const { project, spec, incumbent, finalist } = cycle;
  const agent = await currentAgent(tx, cycle);
  await runs.createRun(tx, {
    alone: { project, datasetVersion: version, spec },
    name: run,
    kind: 'watch',
    scorers: scorersOf(cycle).slice(0, 1),
    agent: agent.name,
    agentFingerprint: agent.fingerprint,
    models: cycle.models ?? {},
  });
  const numbers = { predecessor: incumbent, promoted: finalist! };
  for (const arm of ARMS) {
    const texts = await cycles.textsOf(tx, { project, numbers: numbers[arm] });
    await runs.addArm(tx, { project, run, arm, texts });
  }
}

/** Takes in what the pairs of a run came to, and ends the watch where there is reason: in one transaction with a roll-back. */
export async function observeWatch(
  { db, now }: ActivityDeps,
  { ref, run }: { readonly ref: CycleRef; readonly run: string },
): Promise<WatchStatus> {
  const rows = await runs.loadScores(db, { project: ref.project, run });
  return db.transaction().execute(async (tx) => {
    const { policy } = await watches.getWatch(tx, ref);
    const pairs = pairDifferences(rows).map((pair) => ({
      ...pair,
      kind: 'pair' as const,
      tolerance: policy.tolerance,
    }));
    await watches.recordObservations(tx, ref, pairs);
    const status = await statusOf(tx, ref);
    if (status.ended) return status;
    await endWhereDue(tx, ref, { status, now: now() });
    return statusOf(tx, ref);
  });
}

/** Ends the watch because a person says so. */
export async function stopWatch({ db }: ActivityDeps, ref: CycleRef): Promise<WatchStatus> {
  await watches.endWatch(db, ref, { outcome: 'stopped', why: 'stopped by a person' });
  return statusOf(db, ref);
}

type Due = { readonly status: WatchStatus; readonly now: number };

async function endWhereDue(tx: Db, ref: CycleRef, { status, now }: Due): Promise<void> {
  const watch = await watches.getWatch(tx, ref);
  const cycle = await cycles.getCycle(tx, ref);
  const end = (outcome: WatchOutcome, why: string) => watches.endWatch(tx, ref, { outcome, why });
  const moved = await movedAway(tx, cycle);
  if (moved !== null) return void (await end('superseded', moved));
  const told = `E = ${status.peak.toPrecision(4)} after ${status.observations} conversations`;
  if (status.peak >= status.limit) {
    const why = `watch of ${prefixOf(ref)}: ${told} reached ${status.limit}: worse than its predecessor by more than ${watch.policy.tolerance}`;
    const fault = await rollBack(tx, cycle, why);
    return void (await end(fault === null ? 'rolled-back' : 'superseded', fault ?? why));
  }
  const held = `${told}, under ${status.limit}: nothing says that it is worse by more than ${watch.policy.tolerance}`;
  if (status.observations >= watch.policy.most || now >= Date.parse(watch.endsAt))
    await end('held', held);
}

/** Why a roll-back leaves the alias where it stands: a person has moved it meanwhile. */
const STAYS = [AliasMovedError, NoPredecessorError, VariablesChangedError];

async function rollBack(tx: Db, cycle: cycles.Cycle, why: string): Promise<string | null> {
  const { project, spec, finalist, key } = cycle;
  const evidenceHash = hashJson(
    (await watches.listObservations(tx, cycle)).map((at) => ({ ...at })),
  );
  try {
    await rollbackAliases(
      tx,
      Object.entries(finalist!).map(([prompt, expected]) => ({
        project,
        prompt,
        alias: spec.alias,
        expected,
        who: `watch of ${key}`,
        why,
        cycle: key,
        evidence: evidenceHash,
      })),
    );
    return null;
  } catch (error) {
    if (STAYS.some((kind) => error instanceof kind)) return (error as Error).message;
    throw error;
  }
}

/** Why the promoted prompt is not watched any more: it does not stand behind its alias. */
async function movedAway(tx: Db, cycle: cycles.Cycle): Promise<string | null> {
  const { project, spec, finalist } = cycle;
  for (const [prompt, number] of Object.entries(finalist!)) {
    const found = await standsAt(tx, { project, prompt, alias: spec.alias });
    if (found !== number) return `${prompt}@${spec.alias} was moved to ${found}`;
  }
  return null;
}

async function statusOf(db: Db, ref: CycleRef): Promise<WatchStatus> {
  const watch = await watches.getWatch(db, ref);
  const observations = await watches.listObservations(db, ref);
  const state = watched(watch.policy.tolerance, observations);
  const { alpha } = watch.policy;
  return {
    observations: observations.length,
    evidence: evidence(state),
    // What must be rolled back has reached the limit, however 1 / alpha is rounded.
    peak: mustRollBack(state, alpha) ? Math.max(state.peak, 1 / alpha) : state.peak,
    limit: 1 / alpha,
    ended: watch.state === 'ended',
    outcome: watch.outcome,
    why: watch.why,
  };
}
