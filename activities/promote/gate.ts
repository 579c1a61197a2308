import type { GateReport, Verdict } from '../../contracts/report.ts';
import { primaryMetric } from '../../contracts/spec.ts';
import { movedBy, moveAliases } from '../../db/versions/aliases.ts';
import { AliasMovedError } from '../../db/errors.ts';
import { inTransaction } from '../../db/connect.ts';
import * as cycles from '../../db/cycles/cycles.ts';
import * as gate from '../../db/cycles/gate.ts';
import { countParts } from '../../db/data/datasets.ts';
import { gateRunsOf, pooledFreezes } from '../../db/cycles/pool.ts';
import { loadGateRows } from '../../db/cycles/gate-records.ts';
import { getJudge } from '../../db/versions/judges.ts';
import * as runs from '../../db/runs/runs.ts';
import { getScorer } from '../../db/versions/scorers.ts';
import { openWatch } from '../../db/cycles/watches.ts';
import { contentKeys } from '../../domain/promote/content-key.ts';
import { decideGate as decide } from '../../domain/promote/gate.ts';
import { judgeCheckOf } from '../../domain/promote/judge-floor.ts';
import { frozenHash } from '../../domain/promote/policy-hash.ts';
import { type ActivityDeps, type CycleRef, gateRun, prefixOf } from '../deps.ts';
import { agentIsDeterministic } from '../agent.ts';
import { incumbentArm, scorersOf } from '../evaluate/evaluation.ts';
import { openRun } from '../evaluate/measure.ts';
import { peopleOf } from '../label/people-check.ts';

const ARMS = ['incumbent', 'finalist'] as const;

/**
 * Freezes finalist, judge and sealed ids, charges the look, and plans both arms, interleaved: one transaction, before any
 * call of the gate. A retry is the same look.
 */
export function freezeGate(
  { db }: ActivityDeps,
  ref: CycleRef,
): Promise<{ readonly run: string; readonly total: number; readonly look: number }> {
  return db.transaction().execute(async (tx) => {
    const cycle = await cycles.getCycle(tx, ref);
    const run = gateRun(ref);
    const incumbent = await incumbentArm(tx, ref);
    const finalist = await cycles.textsOf(tx, { project: ref.project, numbers: cycle.finalist! });
    const judge = await getJudge(tx, { project: ref.project, id: cycle.judge });
    const scorers = scorersOf(cycle);
    const others = await Promise.all(
      cycle.scorers.map((id) => getScorer(tx, { project: ref.project, id })),
    );
    const hashes = {
      policyHash: cycle.policyHash!,
      incumbent: incumbent.hash,
      finalist: cycle.finalistHash!,
      judge: judge.hash,
      ...(others.length > 0 && { scorers: others.map(({ hash }) => hash) }),
    };
    const { examples, look } = await gate.freezeGate(tx, ref, {
      run,
      judge: cycle.judge,
      incumbentHash: hashes.incumbent,
      finalistHash: hashes.finalist,
      policyHash: hashes.policyHash,
      keysOf: contentKeys,
      hashOf: (sealed) => frozenHash({ ...hashes, sealed }),
    });
    await openRun(tx, ref, { name: run, kind: 'gate', scorers });
    const at = { project: ref.project, run };
    await runs.addArmOfHashes(tx, { ...at, arm: 'incumbent', prompts: incumbent.prompts });
    await runs.addArm(tx, { ...at, arm: 'finalist', texts: finalist });
    const trials = await trialsOf(tx, cycle);
    const measured = new Set((await pooledFreezes(tx, ref)).flatMap((before) => before.examples));
    const fresh = examples.filter((example) => !measured.has(example));
    const cells = Array.from({ length: trials }, (_, trial) =>
      fresh.flatMap((example) => ARMS.map((arm) => ({ arm, example, trial }))),
    ).flat();
    const { to } = await runs.planRollouts(tx, { ...at, cells });
    return { run, total: to, look };
  });
}

// An agent that declares itself deterministic would only repeat itself.
async function trialsOf(db: ActivityDeps['db'], cycle: cycles.Cycle): Promise<number> {
  return (await agentIsDeterministic(db, cycle)) ? 1 : cycle.spec.gate.trials;
}

async function frozenOf(db: ActivityDeps['db'], ref: CycleRef): Promise<gate.Freeze> {
  const frozen = await gate.getFreeze(db, ref);
  if (frozen === null) throw new Error(`the gate of ${prefixOf(ref)} is not frozen`);
  return frozen;
}

/** The verdict, from the stored scores of both arms. */
export async function decideGate(
  { db }: ActivityDeps,
  ref: CycleRef,
): Promise<{ readonly verdict: Verdict; readonly why: string }> {
  const cycle = await cycles.getCycle(db, ref);
  const gateRuns = await gateRunsOf(db, ref);
  const records = (
    await Promise.all(gateRuns.map((run) => loadGateRows(db, { project: ref.project, run })))
  ).flat();
  const { look, ledgerStartsHere } = await frozenOf(db, ref);
  const spent = await spentOf(db, cycle);
  const people = await peopleOf(db, cycle);
  const { report } = decide({
    policy: cycle.spec.gate,
    policyHash: cycle.policyHash!,
    look,
    ledgerStartsHere,
    ...(cycle.pools !== null && { pooled: cycle.pools }),
    primary: primaryMetric(cycle.spec, cycle.judge),
    records,
    trials: await trialsOf(db, cycle),
    judge: judgeCheckOf(cycle.judge, cycle.judgeReport),
    ...(spent !== null && { spent }),
    ...(people !== null && { people }),
  });
  await cycles.updateCycle(db, ref, { gateReport: report, verdict: report.verdict });
  return { verdict: report.verdict, why: whyOf(report) };
}

/** Why no sealed conversation was left to be measured on; null where there were some. */
async function spentOf(db: ActivityDeps['db'], cycle: cycles.Cycle): Promise<string | null> {
  const frozen = await frozenOf(db, cycle);
  const at = { project: cycle.project, version: frozen.datasetVersion };
  const retired = (await countParts(db, at)).sealed?.retired ?? 0;
  if (frozen.examples.length > 0 || retired === 0) return null;
  return `all ${retired} of its conversations were opened or retired; import fresh ones`;
}

const whyOf = (report: GateReport): string => report.reasons.join('; ');

/** Moves the alias of every tuned prompt, all or none, if it stands where the cycle started. Moved once, it is not moved again, whoever has moved it since. */
export async function promoteAlias(
  { db }: ActivityDeps,
  of: { readonly ref: CycleRef; readonly approvedBy: string | null },
): Promise<{ readonly superseded: boolean; readonly why: string }> {
  const { ref, approvedBy } = of;
  const { project } = ref;
  const cycle = await cycles.getCycle(db, ref);
  const { frozenHash: evidence } = await frozenOf(db, ref);
  const change = {
    project,
    alias: cycle.spec.alias,
    who: approvedBy ?? `cycle ${prefixOf(ref)}`,
    why: `the gate of ${prefixOf(ref)} said promote`,
    cycle: prefixOf(ref),
    evidence,
  };
  const { alias } = change;
  if (await movedBy(db, { ...ref, alias, finalist: cycle.finalist }))
    return { superseded: false, why: change.why };
  try {
    const moves = Object.entries(cycle.finalist!).map(([prompt, to]) => ({
      ...change,
      prompt,
      expected: cycle.incumbent[prompt]!,
      to,
    }));
    await inTransaction(db, async (tx) => {
      await moveAliases(tx, moves);
      // On record with the move: whoever sees the promotion finds its watch.
      if (cycle.spec.watch !== undefined) await openWatch(tx, ref, cycle.spec.watch);
    });
    return { superseded: false, why: change.why };
  } catch (error) {
    if (!(error instanceof AliasMovedError)) throw error;
    return { superseded: true, why: error.message };
  }
}
