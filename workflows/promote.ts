import { executeChild, workflowInfo } from '@temporalio/workflow';
import { TASK_TIMEOUT } from '../contracts/temporal.ts';
import type { CycleRef } from '../activities/index.ts';
import type { Verdict } from '../contracts/report.ts';
import { evaluateWorkflow } from './evaluate.ts';
import { compute, database } from './proxies.ts';

export type PromoteResult = { readonly verdict: Verdict; readonly why: string };

/** The gate: the finalist is frozen and the look charged, then both arms run fresh on sealed data, then the verdict. */
export async function promoteWorkflow(ref: CycleRef): Promise<PromoteResult> {
  await measureWorkflow(ref);
  return compute.decideGate(ref);
}

/** The gate without its verdict: people check the outputs first. */
export async function measureWorkflow(ref: CycleRef): Promise<void> {
  const gate = await database.freezeGate(ref);
  if (gate.total === 0) return;
  await executeChild(evaluateWorkflow, {
    workflowId: `${workflowInfo().workflowId}/evaluate`,
    workflowTaskTimeout: TASK_TIMEOUT,
    args: [{ project: ref.project, run: gate.run, from: 0, to: gate.total, agent: true }],
    staticSummary: `both arms on ${gate.total} sealed cells, look ${gate.look}`,
  });
}
