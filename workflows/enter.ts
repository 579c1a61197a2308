import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import {
  executeChild,
  ParentClosePolicy,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { CyclePlan, CycleRef } from '../activities/index.ts';
import type { Phase } from '../contracts/progress.ts';
import { TASK_TIMEOUT } from '../contracts/temporal.ts';
import type { CycleState } from './cycle-messages.ts';
import { database } from './proxies.ts';

const PHASE = defineSearchAttributeKey('AttunePhase', SearchAttributeType.KEYWORD);
const SPEND = defineSearchAttributeKey('AttuneSpend', SearchAttributeType.DOUBLE);

export type Cycle = {
  readonly ref: CycleRef;
  readonly plan: CyclePlan;
  readonly state: CycleState;
};

/** Runs a phase, or a part of one, as a child workflow. */
export function child<Input, Result>(
  cycle: Cycle,
  name: string,
  workflow: (input: Input) => Promise<Result>,
  input: Input,
): Promise<Result> {
  return executeChild(workflow, childOptions(cycle, name, input) as never);
}

export const childOptions = <Input>({ ref }: Cycle, name: string, input: Input) => ({
  workflowId: `${workflowInfo().workflowId}/${name}`,
  workflowTaskTimeout: TASK_TIMEOUT,
  args: [input] as [Input],
  parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
  staticSummary: `${name} of ${ref.cycle} ${ref.number}`,
});

/** Begins a phase: recorded, in the current details, and searchable. */
export async function enter(cycle: Cycle, phase: Phase, note: string): Promise<void> {
  const { ref, state, plan } = cycle;
  const { spend } = await database.enterPhase.executeWithOptions({ summary: `phase ${phase}` }, [
    { ref, phase, note },
  ]);
  // Told only now: who asks the workflow and then reads the row or the console finds the same phase there.
  state.phase = phase;
  state.note = note;
  setCurrentDetails(`**${phase}**: ${note}\n\nSpent so far: ${spend.toFixed(4)} USD`);
  if (plan.searchAttributes)
    upsertSearchAttributes([
      { key: PHASE, value: phase },
      { key: SPEND, value: spend },
    ]);
}
