import { executeChild, workflowInfo } from '@temporalio/workflow';
import type { CycleRef } from '../activities/index.ts';
import type { Verdict } from '../contracts/report.ts';
import { evaluateWorkflow } from './evaluate.ts';
import { compute, database } from './proxies.ts';

export type PromoteResult = { readonly verdict: Verdict; readonly why: string };

/** The gate: the finalist is frozen and the look charged, then both arms run fresh on sealed data, then the verdict. */
export async function promoteWorkflow(ref: CycleRef): Promise<PromoteResult> {
  const gate = await database.freezeGate(ref);
  if (gate.total > 0)
    await executeChild(evaluateWorkflow, {
      workflowId: `${workflowInfo().workflowId}/evaluate`,
      args: [{ project: ref.project, run: gate.run, from: 0, to: gate.total, agent: true }],
      staticSummary: `both arms on ${gate.total} sealed cells, look ${gate.look}`,
    });
  return compute.decideGate(ref);
}
