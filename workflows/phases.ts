import { claimed } from '../domain/people/claimed.ts';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { CancellationScope, condition, ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { CyclePlan, CycleRef } from '../activities/index.ts';
import type { Decided, PaidPhase } from '../contracts/progress.ts';
import type { Outcome, Verdict } from '../contracts/report.ts';
import { watchWorkflowId, TASK_TIMEOUT } from '../contracts/temporal.ts';
import { alignWorkflow } from './align.ts';
import { child, type Cycle, enter } from './enter.ts';
import { evaluateWorkflow } from './evaluate.ts';
import { failure } from './failures.ts';
import type { LabelResult } from './label.ts';
import { optimizeWorkflow } from './optimize.ts';
import { people } from './people.ts';
import { measureWorkflow, promoteWorkflow, type PromoteResult } from './promote.ts';
import { watchWorkflow } from './watch.ts';
import { agents, compute, database, models } from './proxies.ts';
import { withinWall } from './wall.ts';

/** How a cycle ends, when it ends with a report. */
export type Ending = {
  readonly outcome: Outcome;
  readonly verdict: Verdict | null;
  readonly why: string;
};

/** All phases from the checks to the alias, each a child workflow of its own. */
export async function phases(cycle: Cycle): Promise<Ending> {
  const { ref, plan } = cycle;
  await models.checkModels(ref);
  await agents.canary(ref);
  const ended = plan.pooled ? null : await toFinalist(cycle);
  return ended ?? gatePhase(cycle);
}

/** From the evaluation to a finalist; an ending where there is none, or no gate for it. */
async function toFinalist(cycle: Cycle): Promise<Ending | null> {
  const { ref, plan } = cycle;
  await evaluatePhase(cycle);
  await enter(cycle, 'tag', 'marking traces that agent and judge both finished');
  await database.tagTraces(ref);

  const labels = await labelPhase(cycle);
  if (labels.next === 'stop') return { outcome: 'labels-short', verdict: null, why: labels.why };
  if (labels.next === 'labels') await alignPhase(cycle);

  await enter(cycle, 'baseline', 'the production prompt under the judge of this cycle');
  await evaluateRun(cycle, 'baseline', await database.planBaseline(ref));
  await enter(cycle, 'optimize', 'looking for a better prompt');
  const found = await paid(cycle, 'optimize', optimizeWorkflow, { ref, turn: 0 });
  if (!found.finalist) return { outcome: 'no-candidate', verdict: null, why: found.why };
  if (plan.tuneOnly)
    return { outcome: 'unmeasurable', verdict: 'unmeasurable', why: plan.tuneOnly };
  return null;
}

async function gatePhase(cycle: Cycle): Promise<Ending> {
  const { ref, plan } = cycle;
  await enter(cycle, 'gate', 'incumbent and finalist on the sealed part');
  const gate = plan.check
    ? await checkedGate(cycle, plan.check)
    : await paid(cycle, 'gate', promoteWorkflow, ref);
  if (gate.verdict !== 'promote') return { outcome: NOT_PROMOTED[gate.verdict], ...gate };
  return promotePhase(cycle, gate);
}

const NOT_PROMOTED = {
  reject: 'rejected',
  inconclusive: 'inconclusive',
  unmeasurable: 'unmeasurable',
} as const;

async function promotePhase(cycle: Cycle, gate: PromoteResult): Promise<Ending> {
  const { ref, plan } = cycle;
  const decision = plan.approvalMs === null ? null : await decided(cycle, plan.approvalMs);
  if (decision === 'nobody')
    return { outcome: 'declined', verdict: gate.verdict, why: 'nobody approved in time' };
  if (decision?.approved === false) {
    const why = `${claimed(decision.who)} declined: ${decision.why}`;
    return { outcome: 'declined', verdict: gate.verdict, why };
  }
  await enter(cycle, 'promote', 'moving the alias');
  // An alias that moves is told of, and watched, whoever cancels the cycle or whichever of its budgets ends meanwhile.
  const moved = await CancellationScope.nonCancellable(async () => {
    const move = await database.promoteAlias({ ref, approvedBy: decision?.who ?? null });
    if (plan.watch && !move.superseded) await beginWatch(ref);
    return move;
  });
  const outcome = moved.superseded ? 'superseded' : 'promoted';
  return { outcome, verdict: gate.verdict, why: moved.superseded ? moved.why : gate.why };
}

/** A person's decision, on record before anything follows from it; one that stands already is not asked for again. */
async function decided(cycle: Cycle, withinMs: number): Promise<Decided | 'nobody'> {
  const { ref, state } = cycle;
  state.decision = await database.findDecision(ref);
  await enter(cycle, 'approve', 'the gate says promote; a person decides');
  const decides = (): boolean => state.decision !== null;
  state.deciding = true;
  try {
    await condition(decides, withinMs, { summary: 'approval deadline' });
  } finally {
    state.deciding = false;
  }
  if (state.decision === null) return 'nobody';
  const standing = await database.recordDecision({ ref, decision: state.decision });
  state.decisionRecorded = true;
  return standing;
}

/** The watch goes on when the cycle has ended; one that was begun before the cycle was resumed is left as it is. */
async function beginWatch(ref: CycleRef): Promise<void> {
  try {
    await startChild(watchWorkflow, {
      workflowId: watchWorkflowId(ref.project, ref.cycle, ref.number),
      workflowTaskTimeout: TASK_TIMEOUT,
      args: [{ ref, turn: 0 }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `watch of ${ref.cycle} ${ref.number}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

async function evaluatePhase(cycle: Cycle): Promise<void> {
  await enter(cycle, 'evaluate', 'the production prompt on the label parts');
  await evaluateRun(cycle, 'evaluate', await database.planEvaluate(cycle.ref));
  const gates = await compute.checkGates(cycle.ref);
  cycle.state.note = gates.note;
  if (gates.stop)
    throw failure({ kind: 'undecided', type: 'GateFailed', outcome: 'rejected' }, gates.note);
}

type Labelled = {
  /** `labels`: enough of them; else what the policy says of too few, or of raters who disagree. */
  readonly next: 'labels' | 'continue' | 'stop';
  readonly why: string;
};

/** Rounds of labelling until there are enough labels, or the policy ends it. */
async function labelPhase(cycle: Cycle): Promise<Labelled> {
  const { ref, plan } = cycle;
  let last = 'no output can be labelled';
  for (let round = 1; ; round += 1) {
    const session = await database.openSession({ ref, round });
    if (session.items === 0 && round > 1)
      return { next: 'stop', why: `${last}; no item is left for another round` };
    // The note of a phase is read when it has ended, too.
    const note = `session ${session.id}: ${session.items} items for people to label`;
    const phase = 'label';
    const result = await people(cycle, { phase, round, session, note, wait: plan.label });
    const { next, why } = await judgeLabels(cycle, result);
    if (next !== 'relabel') return { next, why };
    if (round >= plan.labelRounds)
      return { next: 'stop', why: `${why}; ${plan.labelRounds} rounds are over` };
    last = why;
  }
}

async function judgeLabels(
  { ref, plan }: Cycle,
  { counts, enough, ended }: LabelResult,
): Promise<{ readonly next: Labelled['next'] | 'relabel'; readonly why: string }> {
  const why = `${counts.consensus} consensus items of ${counts.minimum} needed; the wait ended by ${ended}`;
  if (!enough) return { next: plan.labelsShort, why };
  if (!plan.labelsDisagree) return { next: 'labels', why };
  const { alpha } = await compute.labelAgreement(ref);
  const { alpha: least, policy } = plan.labelsDisagree;
  if (alpha === null || alpha >= least) return { next: 'labels', why };
  return { next: policy, why: `raters disagree: alpha ${alpha.toFixed(3)} is below ${least}` };
}

/** Both arms are measured, then people label outputs of both, blind; only then is anything of the gate shown. */
async function checkedGate(
  cycle: Cycle,
  wait: NonNullable<CyclePlan['check']>,
): Promise<PromoteResult> {
  const { ref } = cycle;
  await paid(cycle, 'gate', measureWorkflow, ref);
  const session = await database.openCheck(ref);
  const note = `session ${session.id}: ${session.items} outputs of both arms, mixed, for people to label`;
  if (session.items > 0) await people(cycle, { phase: 'check', session, note, wait });
  return compute.decideGate(ref);
}

async function alignPhase(cycle: Cycle): Promise<void> {
  await enter(cycle, 'align', 'teaching the judge what people said');
  const aligned = await paid(cycle, 'align', alignWorkflow, cycle.ref);
  cycle.state.note = `${aligned.judge}: ${aligned.why}`;
  if (!aligned.adopted && cycle.plan.stopUnaligned)
    throw failure(
      { kind: 'undecided', type: 'JudgeNotAdopted', outcome: 'unmeasurable' },
      aligned.why,
    );
}

async function evaluateRun(
  cycle: Cycle,
  name: PaidPhase,
  planned: { readonly run: string; readonly total: number },
): Promise<void> {
  const range = { project: cycle.ref.project, run: planned.run, from: 0, to: planned.total };
  await paid(cycle, name, evaluateWorkflow, { ...range, agent: true });
}

/** A child that calls models, within the wall-clock budget of its phase. */
const paid = <Input, Result>(
  cycle: Cycle,
  phase: PaidPhase,
  workflow: (input: Input) => Promise<Result>,
  input: Input,
): Promise<Result> =>
  withinWall(cycle.plan.walls, phase, () => child(cycle, phase, workflow, input));
