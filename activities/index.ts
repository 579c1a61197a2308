import { findDecision, recordDecision } from '../db/audit.ts';
import * as database from '../db/phases.ts';
import type { Decided, Phase } from '../contracts/progress.ts';
import type { Outcome } from '../contracts/report.ts';
import { updateCycle } from '../db/cycles.ts';
import { totalSpend } from '../db/spend.ts';
import { failWatch } from '../db/watches.ts';
import { answerAlign, stepAlign } from './align.ts';
import { prepareAlign } from './alignment.ts';
import type { ActivityDeps, CycleRef } from './deps.ts';
import { checkGates, planBaseline, planEvaluate } from './evaluation.ts';
import { endTurn } from './drive.ts';
import { mapFailures } from './failures.ts';
import { decideGate, freezeGate, promoteAlias } from './gate.ts';
import { beating } from './heartbeat.ts';
import { judgeCandidates } from './judge-candidates.ts';
import { finishAlign, keepBaseJudge, reportAlign } from './judge-report.ts';
import { finishJudgeSearch, stepJudgeSearch } from './judge-search.ts';
import { judgeRollouts } from './judging.ts';
import { closeSession, openSession, tagTraces } from './labelling.ts';
import { countLabels, labelAgreement } from './label-figures.ts';
import { remind } from './remind.ts';
import { concludeOptimize, finishOptimize, stepOptimize } from './optimize.ts';
import { openCheck } from './people-check.ts';
import { checkModels, preflight } from './preflight.ts';
import { reflect } from './reflect.ts';
import { writeReport } from './report.ts';
import { observeWatch, openWatch, planWatch, stopWatch } from './watch.ts';
import type { createAgentActivities } from './rollouts.ts';

export type { CycleRef } from './deps.ts';
export type { OpenedSession } from './labelling.ts';
export type { JudgeSearch } from './judge-search.ts';
export type { CyclePlan } from './preflight.ts';

/** How a search that stands alone ended; an outcome of null: with a finalist. */
export type SearchEnd = {
  readonly ref: CycleRef;
  readonly outcome: Outcome | null;
  readonly why: string;
};

/** Everything but running agents: database work on the queue `attune`, model work on `attune-model`. */
export function createActivities(deps: ActivityDeps) {
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
  return mapFailures({
    preflight: plain(preflight),
    checkModels: beat(checkModels),
    async enterPhase(of: { readonly ref: CycleRef; readonly phase: Phase; readonly note: string }) {
      await database.enterPhase(db, of.ref, of);
      return { spend: (await totalSpend(db, of.ref)).usd };
    },
    async endRefused({ ref, why }: { readonly ref: CycleRef; readonly why: string }) {
      await updateCycle(db, ref, { note: why });
      await database.endCycle(db, ref);
    },
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
  });
}

export type Activities = ReturnType<typeof createActivities>;
export type AgentActivities = ReturnType<typeof createAgentActivities>;
