import { ApplicationFailure, getExternalWorkflowHandle, setHandler } from '@temporalio/workflow';
import type { CycleRef } from '../activities/index.ts';
import type { Decided, Decision, Phase } from '../contracts/progress.ts';
import type { Outcome, Verdict } from '../contracts/report.ts';
import { enoughLabels, type LabelCounts } from '../contracts/session.ts';
import {
  approvePromotion,
  completeLabeling,
  type LabelingComplete,
  labelingComplete,
  progress,
  rejectPromotion,
} from './messages.ts';
import { database } from './proxies.ts';

/** What the messages of a cycle read and write; the main function moves it on. */
export type CycleState = {
  phase: Phase;
  session: string | null;
  /** Workflow id of the label child while it waits. */
  labelChild: string | null;
  counts: LabelCounts | null;
  note: string;
  /** Of a person, once the gate has said `promote` and approval is waited for. */
  decision: Decided | null;
  outcome: Outcome | null;
  verdict: Verdict | null;
};

export const startState = (): CycleState => ({
  phase: 'preflight',
  session: null,
  labelChild: null,
  counts: null,
  note: 'checking the spec, the data, the model and the agent',
  decision: null,
  outcome: null,
  verdict: null,
});

/** Registers every message of a cycle; to be called first, so that nothing sent early is lost. */
export function handleMessages(ref: CycleRef, state: CycleState): void {
  setHandler(progress, () => {
    const { labelChild: _child, decision: _decision, ...visible } = state;
    return visible;
  });

  setHandler(labelingComplete, async (message) => {
    if (state.labelChild === null || otherRound(state, message?.session)) return;
    await passOn(state.labelChild, message);
  });

  setHandler(
    completeLabeling,
    async (message?: LabelingComplete) => {
      const session = state.session!;
      const child = state.labelChild!;
      const counts = await database.countLabels({ project: ref.project, session });
      state.counts = counts;
      const accepted = enoughLabels(counts);
      if (accepted) await passOn(child, message);
      const values = counts.values < 2 ? '; all labels have the same value' : '';
      const why = accepted
        ? 'labelling ends'
        : `${counts.consensus} of ${counts.minimum} consensus items${values}`;
      return { accepted, have: counts.consensus, need: counts.minimum, why };
    },
    { validator: (message?: LabelingComplete) => mustBeLabelling(state, message?.session) },
  );

  const decide = (approved: boolean) => (decision: Decision) => {
    const { who, why } = decision;
    state.decision = { approved, who, why };
  };
  const validator = (decision: Decision): void => mustBeDecidable(state, decision);
  setHandler(approvePromotion, decide(true), { validator });
  setHandler(rejectPromotion, decide(false), { validator });
}

const otherRound = (state: CycleState, session: string | undefined): boolean =>
  session !== undefined && session !== state.session;

// The child may have ended while the message was under way; the wait it asked to end is over then.
async function passOn(
  child: string,
  message: { readonly session?: string } | undefined,
): Promise<void> {
  try {
    await getExternalWorkflowHandle(child).signal(labelingComplete, message);
  } catch {
    return;
  }
}

function mustBeLabelling(state: CycleState, session: string | undefined): void {
  if (state.labelChild === null)
    throw ApplicationFailure.nonRetryable(
      `the cycle is in the phase ${state.phase}; labelling can be completed while people are asked only: in the phases label and check`,
      'WrongPhase',
    );
  if (otherRound(state, session))
    throw ApplicationFailure.nonRetryable(
      `session ${session} is not the open one (${state.session})`,
      'WrongSession',
    );
}

function mustBeDecidable(state: CycleState, decision: Decision): void {
  if (state.phase !== 'approve')
    throw ApplicationFailure.nonRetryable(
      `the cycle is in the phase ${state.phase}; a promotion is decided after a gate that says promote`,
      'WrongPhase',
    );
  if (state.decision !== null)
    throw ApplicationFailure.nonRetryable(
      `${state.decision.who} has decided already: ${state.decision.approved ? 'approved' : 'rejected'}`,
      'AlreadyDecided',
    );
  if (typeof decision?.who !== 'string' || decision.who === '' || typeof decision.why !== 'string')
    throw ApplicationFailure.nonRetryable(
      'say who decides, and why: {"who": "...", "why": "..."}',
      'InvalidMessage',
    );
}
