import { CancellationScope, isCancellation, sleep } from '@temporalio/workflow';
import type { CyclePlan } from '../activities/index.ts';
import { failure } from './failures.ts';

type Walls = CyclePlan['walls'];

/**
 * Work of a cycle (`all`) or of one phase, cancelled when its wall-clock budget is over.
 * @throws ApplicationFailure of kind `spent` then
 */
export async function withinWall<T>(
  walls: Walls,
  scope: keyof Walls,
  work: () => Promise<T>,
): Promise<T> {
  const wallMs = walls[scope];
  if (wallMs === undefined) return work();
  const timed = new CancellationScope();
  let over = false;
  const timer = async (): Promise<void> => {
    await sleep(wallMs, { summary: `wall-clock budget of ${nameOf(scope)}` });
    over = true;
    timed.cancel();
  };
  const limit = new CancellationScope();
  // Cancelled when the work is done, and then of no interest.
  limit.run(timer).catch(() => undefined);
  try {
    return await timed.run(work);
  } catch (error) {
    if (!over || !isCancellation(error)) throw error;
    throw failure(
      { kind: 'spent', type: 'BudgetSpent' },
      `the wall-clock budget of ${nameOf(scope)}, ${wallMs / 1000} s, is over. Raise \`${keyOf(scope)}\` in the spec and start the next cycle`,
    );
  } finally {
    limit.cancel();
  }
}

const nameOf = (scope: keyof Walls): string =>
  scope === 'all' ? 'the cycle' : `the phase ${scope}`;
const keyOf = (scope: keyof Walls): string =>
  scope === 'all' ? 'budget.wall' : `budget.phases.${scope}.wall`;
