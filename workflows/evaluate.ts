import { continueAsNew, executeChild, ParentClosePolicy, workflowInfo } from '@temporalio/workflow';
import { TASK_TIMEOUT } from '../contracts/temporal.ts';
import { BATCH, evaluateRange, type Range, type Tally } from './batches.ts';

const SHARDS = 4;
/** Rows after which a shard goes on as a new run: 4,096 events are about 680 batches. */
const ROWS_A_RUN = 200 * BATCH;

/** Runs the agent and the judge over the planned rollouts of a run. Progress is the rows in the database. */
export async function evaluateWorkflow(range: Range): Promise<Tally> {
  const size = range.to - range.from;
  if (size <= 4 * BATCH) return evaluateRange(range);
  const shard = Math.ceil(size / SHARDS / BATCH) * BATCH;
  const starts = Array.from({ length: Math.ceil(size / shard) }, (_, i) => range.from + i * shard);
  const tallies = await Promise.all(
    starts.map((from, i) => {
      const part = { ...range, from, to: Math.min(from + shard, range.to) };
      return executeChild(evaluateShardWorkflow, {
        workflowId: `${workflowInfo().workflowId}/shard/${i}`,
        workflowTaskTimeout: TASK_TIMEOUT,
        args: [{ ...part, done: 0, failed: 0 }],
        parentClosePolicy: ParentClosePolicy.TERMINATE,
        staticSummary: `${range.run}: rows ${part.from} to ${part.to - 1}`,
      });
    }),
  );
  return {
    done: tallies.reduce((sum, tally) => sum + tally.done, 0),
    failed: tallies.reduce((sum, tally) => sum + tally.failed, 0),
  };
}

/** One range of a large evaluation; goes on as a new run before its history grows long. */
export async function evaluateShardWorkflow(shard: Range & Tally): Promise<Tally> {
  const to = Math.min(shard.from + ROWS_A_RUN, shard.to);
  const tally = await evaluateRange({ ...shard, to });
  const done = shard.done + tally.done;
  const failed = shard.failed + tally.failed;
  if (to === shard.to) return { done, failed };
  return continueAsNew<typeof evaluateShardWorkflow>({ ...shard, from: to, done, failed });
}
