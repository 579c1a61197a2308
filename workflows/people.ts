import { startChild } from '@temporalio/workflow';
import type { CyclePlan, OpenedSession } from '../activities/index.ts';
import { enoughLabels } from '../contracts/session.ts';
import { passOn } from './cycle-messages.ts';
import { childOptions, type Cycle, enter } from './enter.ts';
import { labelWorkflow, type LabelResult } from './label.ts';
import { database } from './proxies.ts';

type Wait = {
  readonly phase: 'label' | 'check';
  readonly round?: number;
  readonly session: OpenedSession;
  readonly note: string;
  readonly wait: CyclePlan['label'];
};

/** Waits until people have labelled a session, and closes it; one that was closed before the cycle was resumed is not waited for again. */
export async function people(cycle: Cycle, at: Wait): Promise<LabelResult> {
  const { ref, state } = cycle;
  const { phase, session, note } = at;
  const { id, counts, ended } = session;
  state.counts = counts;
  if (ended !== undefined) {
    await enter(cycle, phase, note);
    return { ended, counts, enough: enoughLabels(counts) };
  }
  state.session = id;
  try {
    await enter(cycle, phase, note);
    const result = await labelled(cycle, at);
    state.counts = result.counts;
    state.session = null;
    await database.closeSession({ ref, session: id, ended: result.ended });
    return result;
  } finally {
    state.session = null;
    state.labelChild = null;
    state.completed = false;
  }
}

async function labelled(
  cycle: Cycle,
  { phase, round = 1, session, wait }: Wait,
): Promise<LabelResult> {
  const { ref, state } = cycle;
  const name = round === 1 ? phase : `${phase}/${round}`;
  const deadlineMs = session.leftMs ?? wait.deadlineMs;
  const input = { project: ref.project, session: session.id, ...wait, deadlineMs };
  const begun = await startChild(labelWorkflow, childOptions(cycle, name, input));
  state.labelChild = begun.workflowId;
  if (state.completed) await passOn(begun.workflowId, { session: session.id });
  return begun.result();
}
