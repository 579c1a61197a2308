import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  setCurrentDetails,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { CyclePlan, CycleRef } from '../activities/index.ts';
import type { CycleResult, Phase } from '../contracts/progress.ts';
import type { Outcome, Verdict } from '../contracts/report.ts';
import { alignWorkflow } from './align.ts';
import { type CycleState, handleMessages, startState } from './cycle-messages.ts';
import { evaluateWorkflow } from './evaluate.ts';
import { labelWorkflow } from './label.ts';
import { optimizeWorkflow } from './optimize.ts';
import { promoteWorkflow, type PromoteResult } from './promote.ts';
import { agents, compute, database, models } from './proxies.ts';

const PHASE = defineSearchAttributeKey('AttunePhase', SearchAttributeType.KEYWORD);
const VERDICT = defineSearchAttributeKey('AttuneVerdict', SearchAttributeType.KEYWORD);
const SPEND = defineSearchAttributeKey('AttuneSpend', SearchAttributeType.DOUBLE);
const SCORE = defineSearchAttributeKey('AttuneScore', SearchAttributeType.DOUBLE);

type Ending = { readonly outcome: Outcome; readonly verdict: Verdict | null; readonly why: string };
type Cycle = { readonly ref: CycleRef; readonly plan: CyclePlan; readonly state: CycleState };

/** One cycle, from evaluation to promotion: survives crashes, waits for people, pays once (specs/cycle.md). */
export async function cycleWorkflow(ref: CycleRef): Promise<CycleResult> {
  const state = startState();
  handleMessages(ref, state);
  await database.enterPhase({ ref, phase: 'preflight', note: state.note });
  try {
    return await run(ref, state);
  } catch (error) {
    // What was refused stays refused: the spec is stored, so a new one needs a new cycle.
    const why = refusalIn(error);
    if (why !== null)
      await CancellationScope.nonCancellable(() => database.endRefused({ ref, why }));
    throw error;
  }
}

async function run(ref: CycleRef, state: CycleState): Promise<CycleResult> {
  const plan = await database.preflight(ref);
  const cycle: Cycle = { ref, plan, state };
  try {
    return await report(cycle, await withinWall(cycle));
  } catch (error) {
    const ending = endingOf(error);
    if (ending === null) throw error;
    return CancellationScope.nonCancellable(() => report(cycle, ending));
  }
}

/** All phases, ended by the wall-clock budget where the spec sets one. */
async function withinWall(cycle: Cycle): Promise<Ending> {
  const { wallMs } = cycle.plan;
  if (wallMs === null) return phases(cycle);
  const scope = new CancellationScope();
  let spent = false;
  const timer = async (): Promise<void> => {
    await sleep(wallMs, { summary: 'wall-clock budget' });
    spent = true;
    scope.cancel();
  };
  // Cancelled with the cycle, and then of no interest.
  timer().catch(() => undefined);
  try {
    return await scope.run(() => phases(cycle));
  } catch (error) {
    if (!spent || !isCancellation(error)) throw error;
    return { outcome: 'budget', verdict: cycle.state.verdict, why: `${wallMs / 1000} s are over` };
  }
}

async function phases(cycle: Cycle): Promise<Ending> {
  const { ref, plan } = cycle;
  await models.checkModels(ref);
  await agents.canary(ref);
  await evaluatePhase(cycle);
  await enter(cycle, 'tag', 'marking traces that agent and judge both finished');
  await database.tagTraces(ref);

  const labels = await labelPhase(cycle);
  if (!labels.enough && plan.labelsShort === 'stop')
    return { outcome: 'labels-short', verdict: null, why: labels.why };
  if (labels.enough) await alignPhase(cycle);

  await enter(cycle, 'baseline', 'the production prompt under the judge of this cycle');
  await evaluateRun(cycle, 'baseline', await database.planBaseline(ref));
  await enter(cycle, 'optimize', 'looking for a better prompt');
  const found = await child(cycle, 'optimize', optimizeWorkflow, { ref, turn: 0 });
  if (!found.finalist) return { outcome: 'no-candidate', verdict: null, why: found.why };

  await enter(cycle, 'gate', 'incumbent and finalist on the sealed part');
  const gate = await child(cycle, 'gate', promoteWorkflow, ref);
  if (gate.verdict !== 'promote') return { outcome: NOT_PROMOTED[gate.verdict], ...gate };
  return promotePhase(cycle, gate);
}

const NOT_PROMOTED = {
  reject: 'rejected',
  inconclusive: 'inconclusive',
  unmeasurable: 'unmeasurable',
} as const;

async function promotePhase(cycle: Cycle, gate: PromoteResult): Promise<Ending> {
  const { ref, plan, state } = cycle;
  if (plan.approvalMs !== null) {
    await enter(cycle, 'approve', 'the gate says promote; a person decides');
    await condition(() => state.decision !== null, plan.approvalMs, {
      summary: 'approval deadline',
    });
    if (state.decision === null)
      return { outcome: 'declined', verdict: gate.verdict, why: 'nobody approved in time' };
    const { approved, who, why } = state.decision;
    if (!approved)
      return { outcome: 'declined', verdict: gate.verdict, why: `${who} declined: ${why}` };
  }
  await enter(cycle, 'promote', 'moving the alias');
  const moved = await database.promoteAlias({ ref, approvedBy: state.decision?.who ?? null });
  const outcome = moved.superseded ? 'superseded' : 'promoted';
  return { outcome, verdict: gate.verdict, why: moved.superseded ? moved.why : gate.why };
}

async function evaluatePhase(cycle: Cycle): Promise<void> {
  await enter(cycle, 'evaluate', 'the production prompt on the label parts');
  await evaluateRun(cycle, 'evaluate', await database.planEvaluate(cycle.ref));
  const gates = await compute.checkGates(cycle.ref);
  cycle.state.note = gates.note;
  if (gates.stop) throw ApplicationFailure.nonRetryable(gates.note, 'GateFailed');
}

async function labelPhase(
  cycle: Cycle,
): Promise<{ readonly enough: boolean; readonly why: string }> {
  const { ref, plan, state } = cycle;
  const session = await database.openSession({ ref, round: 1 });
  state.session = session.id;
  state.counts = session.counts;
  await enter(cycle, 'label', `session ${session.id}: ${session.items} items wait for people`);
  const input = {
    project: ref.project,
    session: session.id,
    deadlineMs: plan.label.deadlineMs,
    reminders: plan.label.reminders,
  };
  state.labelChild = childId('label');
  const result = await child(cycle, 'label', labelWorkflow, input);
  state.labelChild = null;
  state.session = null;
  state.counts = result.counts;
  await database.closeSession({ ref, session: session.id, ended: result.ended });
  const { consensus, minimum } = result.counts;
  return {
    enough: result.enough,
    why: `${consensus} consensus items of ${minimum} needed; the wait ended by ${result.ended}`,
  };
}

async function alignPhase(cycle: Cycle): Promise<void> {
  await enter(cycle, 'align', 'teaching the judge what people said');
  const aligned = await child(cycle, 'align', alignWorkflow, cycle.ref);
  cycle.state.note = `${aligned.judge}: ${aligned.why}`;
  if (!aligned.adopted && cycle.plan.stopUnaligned)
    throw ApplicationFailure.nonRetryable(aligned.why, 'JudgeNotAdopted');
}

async function evaluateRun(
  cycle: Cycle,
  name: string,
  planned: { readonly run: string; readonly total: number },
): Promise<void> {
  const range = { project: cycle.ref.project, run: planned.run, from: 0, to: planned.total };
  await child(cycle, name, evaluateWorkflow, { ...range, agent: true });
}

const childId = (name: string): string => `${workflowInfo().workflowId}/${name}`;

function child<Input, Result>(
  cycle: Cycle,
  name: string,
  workflow: (input: Input) => Promise<Result>,
  input: Input,
): Promise<Result> {
  return executeChild(workflow, {
    workflowId: childId(name),
    args: [input] as never,
    parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
    staticSummary: `${name} of ${cycle.ref.cycle} ${cycle.ref.number}`,
  });
}

async function enter(cycle: Cycle, phase: Phase, note: string): Promise<void> {
  const { ref, state, plan } = cycle;
  state.phase = phase;
  state.note = note;
  const { spend } = await database.enterPhase.executeWithOptions({ summary: `phase ${phase}` }, [
    { ref, phase, note },
  ]);
  setCurrentDetails(`**${phase}**: ${note}\n\nSpent so far: ${spend.toFixed(4)} USD`);
  if (plan.searchAttributes)
    upsertSearchAttributes([
      { key: PHASE, value: phase },
      { key: SPEND, value: spend },
    ]);
}

async function report(cycle: Cycle, ending: Ending): Promise<CycleResult> {
  const { ref, state, plan } = cycle;
  await enter(cycle, 'report', ending.why);
  state.outcome = ending.outcome;
  state.verdict = ending.verdict;
  const written = await compute.writeReport({ ref, ...ending });
  setCurrentDetails(written.summary);
  if (plan.searchAttributes)
    upsertSearchAttributes([
      { key: VERDICT, value: ending.verdict ?? ending.outcome },
      ...(written.score === null ? [] : [{ key: SCORE, value: written.score }]),
    ]);
  return {
    outcome: ending.outcome,
    verdict: ending.verdict,
    evidenceHash: written.evidenceHash,
    summary: written.summary,
  };
}

// What ends a cycle with a report of its own; everything else fails the workflow, with its reason in the UI.
function endingOf(error: unknown): Ending | null {
  if (isCancellation(error))
    return { outcome: 'cancelled', verdict: null, why: 'cancelled by a person' };
  const cause = failureIn(error);
  const outcome = cause === null ? undefined : ENDINGS[cause.type ?? ''];
  return outcome === undefined ? null : { outcome, verdict: null, why: cause!.message };
}

const ENDINGS: Readonly<Record<string, Outcome>> = {
  BudgetSpent: 'budget',
  GateFailed: 'rejected',
  JudgeNotAdopted: 'unmeasurable',
};

function refusalIn(error: unknown): string | null {
  const cause = failureIn(error);
  return cause?.type === 'Refused' ? cause.message : null;
}

/** The failure that an activity or a child named, below the wrappers of Temporal. */
function failureIn(error: unknown): ApplicationFailure | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof ApplicationFailure) return cause;
  return null;
}
