import {
  type Client,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { CompleteLabelingAnswer, Decided } from '../../contracts/progress.ts';
import {
  approvePromotion,
  completeLabeling,
  type LabelingComplete,
  labelingComplete,
  rejectPromotion,
} from '../../workflows/messages.ts';
import { NotFoundError } from '../../db/errors.ts';
import { MessageDeclinedError, NoAnswerError } from '../errors.ts';

type Target = { readonly client: Client; readonly workflowId: string };
export type Completion = Target & { readonly session?: string | undefined };

const UPDATE_WITHIN_MS = 30_000;

/** Sends the signal; the cycle recounts and goes on when it has enough. @throws NotFoundError */
export async function signalComplete({ client, workflowId, session }: Completion): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  await told(workflowId, () =>
    handle.signal(labelingComplete, session === undefined ? {} : { session }),
  );
}

/** Sends the update and waits for its answer. @throws MessageDeclinedError outside the label phase, or NotFoundError */
export async function updateComplete({
  client,
  workflowId,
  session,
}: Completion): Promise<CompleteLabelingAnswer> {
  const handle = client.workflow.getHandle(workflowId);
  const args: [LabelingComplete] = [session === undefined ? {} : { session }];
  return told(workflowId, () =>
    within(client, () =>
      handle.executeUpdate<CompleteLabelingAnswer, [LabelingComplete]>(completeLabeling.name, {
        args,
      }),
    ),
  );
}

/** A person's word on a promotion that the gate allowed. @throws MessageDeclinedError in another phase, or NotFoundError */
export async function decide(
  { client, workflowId }: Target,
  { approved, ...decision }: Decided,
): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  const update = approved ? approvePromotion : rejectPromotion;
  await told(workflowId, () =>
    within(client, () => handle.executeUpdate(update, { args: [decision] })),
  );
}

/** Asks the cycle to end; it writes its report and ends as `cancelled`. @throws NotFoundError, also when it has ended */
export async function cancelCycle({ client, workflowId }: Target): Promise<void> {
  const handle = client.workflow.getHandle(workflowId);
  await told(workflowId, async () => {
    // Temporal takes the cancellation of what has ended without a word.
    if ((await handle.describe()).status.name !== 'RUNNING') throw notRunning(workflowId);
    await handle.cancel();
  });
}

const notRunning = (workflowId: string): NotFoundError =>
  new NotFoundError('running cycle', workflowId, '`npx attune cycle list` shows them');

// An update needs a live worker; without one it would wait for ever.
const within = <T>(client: Client, call: () => Promise<T>): Promise<T> =>
  client.connection.withDeadline(Date.now() + UPDATE_WITHIN_MS, call);

async function told<T>(workflowId: string, send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) throw notRunning(workflowId);
    if (error instanceof WorkflowUpdateFailedError)
      throw new MessageDeclinedError(`the cycle refused: ${error.cause?.message ?? error.message}`);
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      throw new NoAnswerError(
        `The worker of ${workflowId}`,
        'no answer within 30 s',
        'Start one: `npx attune up` or `npx attune worker`.',
      );
    throw error;
  }
}
