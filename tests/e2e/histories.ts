import type { Client } from '@temporalio/client';

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;
export type Recorded = {
  readonly workflowId: string;
  readonly runId: string;
  readonly type: string;
  readonly history: History;
};

/** The histories of a workflow, of all it started, and of what these went on as. */
export async function historiesOf(
  client: Client,
  workflowId: string,
): Promise<readonly Recorded[]> {
  const found: Recorded[] = [];
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  const waiting: { workflowId: string; runId: string }[] = [{ workflowId, runId }];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const history = await client.workflow.getHandle(next.workflowId, next.runId).fetchHistory();
    const events = history.events ?? [];
    const type = events[0]?.workflowExecutionStartedEventAttributes?.workflowType?.name ?? '';
    found.push({ ...next, type, history });
    for (const event of events) {
      const child = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
      if (child?.workflowId && child.runId)
        waiting.push({ workflowId: child.workflowId, runId: child.runId });
      const successor = event.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
      if (successor) waiting.push({ workflowId: next.workflowId, runId: successor });
    }
  }
  return found;
}

/** Bytes of the largest payload anywhere in a history. */
export function largestPayload(value: unknown): number {
  if (value instanceof Uint8Array) return value.byteLength;
  if (value === null || typeof value !== 'object') return 0;
  return Math.max(0, ...Object.values(value).map(largestPayload));
}
