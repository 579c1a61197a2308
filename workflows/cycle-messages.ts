import { isReserved } from '../domain/people/claimed.ts';
import { condition, getExternalWorkflowHandle, setHandler } from '@temporalio/workflow';
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
import { failure } from './failures.ts';
import { database } from './proxies.ts';

/** What the messages of a cycle read and write; the main function moves it on. */
export type CycleState = {
  phase: Phase;
  /** Open for people: from before its wait begins until it ends. */
  session: string | null;
  /** Workflow id of the label child while it waits. */
  labelChild: string | null;
  /** People said that they are done before the label child had begun. */
  completed: boolean;
  counts: LabelCounts | null;
  note: string;
  /** A person is waited for, who decides on the promotion. */
  deciding: boolean;
  /** Of a person, once the gate has said `promote` and approval is waited for. */
  decision: Decided | null;
  decisionRecorded: boolean;
  outcome: Outcome | null;
  verdict: Verdict | null;
};

export const startState = (): CycleState => ({
  phase: 'preflight',
  session: null,
  labelChild: null,
  completed: false,
  counts: null,
  note: 'checking the spec, the data, the model and the agent',
  deciding: false,
  decision: null,
  decisionRecorded: false,
  outcome: null,
  verdict: null,
});

/** Registers every message of a cycle; to be called first, so that nothing sent early is lost. */
export function handleMessages(ref: CycleRef, state: CycleState): void {
  setHandler(progress, () => {
    const { phase, session, counts, note, outcome, verdict } = state;
    return { phase, session, counts, note, outcome, verdict };
  });

  setHandler(labelingComplete, async (message) => {
    if (state.session === null || otherRound(state, message?.session)) return;
    await complete(state, message);
  });

  setHandler(
    completeLabeling,
    async () => {
      const session = state.session!;
      const counts = await database.countLabels({ project: ref.project, session });
      state.counts = counts;
      const accepted = enoughLabels(counts);
      if (accepted) await complete(state, { session });
      const values = counts.values < 2 ? '; all labels have the same value' : '';
      const why = accepted
        ? 'labelling ends'
        : `${counts.consensus} of ${counts.minimum} consensus items${values}`;
      return { accepted, have: counts.consensus, need: counts.minimum, why };
    },
    { validator: (message?: LabelingComplete) => mustBeLabelling(state, message?.session) },
  );

  const decide = (approved: boolean) => async (decision: Decision) => {
    const { who, why } = decision;
    state.decision = { approved, who, why };
    // Who decides hears of it once it is on record.
    await condition(() => state.decisionRecorded);
  };
  const validator = (decision: Decision): void => mustBeDecidable(state, decision);
  setHandler(approvePromotion, decide(true), { validator });
  setHandler(rejectPromotion, decide(false), { validator });
}

const otherRound = (state: CycleState, session: string | undefined): boolean =>
  session !== undefined && session !== state.session;

/** Of the open session; a wait that has not begun is told when it does. */
async function complete(state: CycleState, message: LabelingComplete | undefined): Promise<void> {
  if (otherRound(state, message?.session)) return;
  if (state.labelChild === null) state.completed = true;
  else await passOn(state.labelChild, message);
}

/** The child may have ended while the message was under way; the wait it asked to end is over then. */
export async function passOn(
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
  if (state.session === null)
    throw failure(
      { kind: 'undecided', type: 'WrongPhase' },
      `the cycle is in the phase ${state.phase}; labelling can be completed while people are asked only: in the phases label and check`,
    );
  if (otherRound(state, session))
    throw failure(
      { kind: 'undecided', type: 'WrongSession' },
      `session ${session} is not the open one (${state.session})`,
    );
}

function mustBeDecidable(state: CycleState, decision: Decision): void {
  if (state.phase !== 'approve')
    throw failure(
      { kind: 'undecided', type: 'WrongPhase' },
      `the cycle is in the phase ${state.phase}; a promotion is decided after a gate that says promote`,
    );
  if (state.decision !== null)
    throw failure(
      { kind: 'undecided', type: 'AlreadyDecided' },
      `${state.decision.who} has decided already: ${state.decision.approved ? 'approved' : 'rejected'}`,
    );
  if (!state.deciding)
    throw failure(
      { kind: 'undecided', type: 'WrongPhase' },
      'the time to decide is over, and nobody is waited for any more',
    );
  if (
    typeof decision?.who !== 'string' ||
    decision.who === '' ||
    isReserved(decision.who) ||
    typeof decision.why !== 'string'
  )
    throw failure(
      { kind: 'invalid', type: 'InvalidMessage' },
      'say who decides, and why: {"who": "...", "why": "..."}',
    );
}
