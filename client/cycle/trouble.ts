import type { WorkflowHandle } from '@temporalio/client';

const LENGTH = 300;
/** Looks between two questions. */
const EVERY = 8;

/** Asks now and then whether a workflow is trying something again, and tells each reason once. To be called at every look. */
export function createTroubleWatch(
  handle: WorkflowHandle,
  tell: (trouble: string) => void,
): () => Promise<void> {
  let looks = 0;
  let told: string | null = null;
  return async () => {
    looks += 1;
    if (looks % EVERY !== 0) return;
    const trouble = await troubleOf(handle);
    if (trouble !== null && trouble !== told) tell(trouble);
    told = trouble;
  };
}

async function troubleOf(handle: WorkflowHandle): Promise<string | null> {
  try {
    const { raw } = await handle.describe();
    const again = raw.pendingActivities?.find(({ attempt }) => (attempt ?? 1) > 1);
    if (again === undefined) return null;
    const failure = again.lastFailure;
    const message = failure?.cause?.message || failure?.message || 'it failed';
    return `${again.activityType?.name ?? 'a step'} is tried again: ${message.slice(0, LENGTH)}`;
  } catch {
    return null;
  }
}
