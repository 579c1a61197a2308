import { findDecision, recordDecision } from '../db/audit.ts';
import * as database from '../db/cycles/phases.ts';
import type { Decided, Phase } from '../contracts/progress.ts';
import type { Outcome } from '../contracts/report.ts';
import { updateCycle } from '../db/cycles/cycles.ts';
import { totalSpend } from '../db/engines/spend.ts';
import { failWatch } from '../db/cycles/watches.ts';
import { answerAlign, stepAlign } from './align/steps.ts';
import { prepareAlign } from './align/prepare.ts';
import type { ActivityDeps, CycleRef } from './deps.ts';
import { checkGates, planBaseline, planEvaluate } from './evaluate/evaluation.ts';
import { endTurn } from './drive.ts';
import { activitiesOver } from './failures.ts';
import { decideGate, freezeGate, promoteAlias } from './promote/gate.ts';
import { beating } from './heartbeat.ts';
import { judgeCandidates } from './align/candidates.ts';
import { finishAlign, keepBaseJudge, reportAlign } from './align/report.ts';
import { finishJudgeSearch, stepJudgeSearch } from './align/search.ts';
import { judgeRollouts } from './evaluate/judging.ts';
import { closeSession, openSession, tagTraces } from './label/labelling.ts';
import { countLabels, labelAgreement } from './label/figures.ts';
import { remind } from './label/remind.ts';
import { concludeOptimize, finishOptimize, stepOptimize } from './optimize/optimize.ts';
import { openCheck } from './label/people-check.ts';
import { checkModels, preflight } from './cycle/preflight.ts';
import { reflect } from './optimize/reflect.ts';
import { writeReport } from './cycle/report.ts';
import { observeWatch, openWatch, planWatch, stopWatch } from './promote/watch.ts';
import type { createAgentActivities } from './evaluate/rollouts.ts';

export type { CycleRef } from './deps.ts';
export type { OpenedSession } from './label/labelling.ts';
export type { JudgeSearch } from './align/search.ts';
export type { CyclePlan } from './cycle/preflight.ts';

/** How a search that stands alone ended; an outcome of null: with a finalist. */
export type SearchEnd = {
  readonly ref: CycleRef;
  readonly outcome: Outcome | null;
  readonly why: string;
};

/** Everything but running agents: database work on the queue `attune`, model work on `attune-model`. */
export const createActivities = (deps: ActivityDeps) => activitiesOver(deps, allOver);

function allOver(deps: ActivityDeps) {
  const { db } = deps;
  /** The activity with its dependencies given, and heartbeats while it works. */
  const beat =
    <Input, Output>(
      work: (deps: ActivityDeps, input: Input, signal: AbortSignal) => Promise<Output>,
    ) =>
    (input: Input): Promise<Output> =>
      beating((signal) => work(deps, input, signal));
  const plain =
    <Input, Output>(work: (deps: ActivityDeps, input: Input) => Promise<Output>) =>
    (input: Input): Promise<Output> =>
      work(deps, input);
  return {
    preflight: plain(preflight),
    checkModels: beat(checkModels),
    async enterPhase(of: { readonly ref: CycleRef; readonly phase: Phase; readonly note: string }) {
      await database.enterPhase(db, of.ref, of);
      return { spend: (await totalSpend(db, of.ref)).usd };
    },
    endRefused: ({ ref, why }: { readonly ref: CycleRef; readonly why: string }) =>
      database.refuseCycle(db, ref, why),
    failWatch: ({ ref, why }: { readonly ref: CycleRef; readonly why: string }) =>
      failWatch(db, ref, why),
    failCycle: ({ ref, why }: { readonly ref: CycleRef; readonly why: string }) =>
      database.failCycle(db, ref, why),
    async endSearch({ ref, outcome, why }: SearchEnd) {
      await updateCycle(db, ref, { outcome, note: why });
      await database.endCycle(db, ref);
    },
    planEvaluate: plain(planEvaluate),
    planBaseline: plain(planBaseline),
    checkGates: beat(checkGates),
    judgeRollouts: beat(judgeRollouts),
    tagTraces: plain(tagTraces),
    openSession: plain(openSession),
    countLabels: (at: Parameters<typeof countLabels>[1]) => countLabels(db, at),
    labelAgreement: plain(labelAgreement),
    closeSession: plain(closeSession),
    remind: plain(remind),
    prepareAlign: plain(prepareAlign),
    stepAlign: beat(stepAlign),
    answerAlign: beat(answerAlign),
    finishAlign: beat(finishAlign),
    reportAlign: beat(reportAlign),
    keepBaseJudge: plain(keepBaseJudge),
    stepJudgeSearch: beat(stepJudgeSearch),
    judgeCandidates: beat(judgeCandidates),
    finishJudgeSearch: plain(finishJudgeSearch),
    stepOptimize: beat(stepOptimize),
    reflect: beat(reflect),
    concludeOptimize: beat(concludeOptimize),
    finishOptimize: beat(finishOptimize),
    freezeGate: plain(freezeGate),
    openCheck: plain(openCheck),
    decideGate: beat(decideGate),
    findDecision: (ref: CycleRef) => findDecision(db, ref),
    recordDecision: (of: { readonly ref: CycleRef; readonly decision: Decided }) =>
      recordDecision(db, of.ref, of.decision),
    promoteAlias: plain(promoteAlias),
    writeReport: beat(writeReport),
    openWatch: plain(openWatch),
    planWatch: plain(planWatch),
    observeWatch: beat(observeWatch),
    stopWatch: plain(stopWatch),
    endTurn: plain(endTurn),
  };
}

export type Activities = ReturnType<typeof createActivities>;
export type AgentActivities = ReturnType<typeof createAgentActivities>;
