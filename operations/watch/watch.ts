import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import { watchWorkflowId } from '../../contracts/temporal.ts';
import { watchOutcome, watchPolicy } from '../../contracts/watch.ts';
import type { Db } from '../../db/connect.ts';
import { type CycleRef, cycleKey } from '../../db/cycles/cycles.ts';
import { getWatch, listObservations, type Watch } from '../../db/cycles/watches.ts';
import { NotFoundError } from '../../db/errors.ts';
import { evidence, watched } from '../../domain/promote/watch.ts';
import { observed } from '../../workflows/messages.ts';

export const watch = z.strictObject({
  project: z.string(),
  cycle: z.string(),
  policy: watchPolicy,
  state: z.enum(['running', 'failed', 'ended']),
  outcome: watchOutcome.nullable(),
  why: z.string().nullable(),
  startedAt: z.string(),
  endsAt: z.string(),
  endedAt: z.string().nullable(),
});

/** A watch with what its observations come to. */
export const watchFigures = watch.extend({
  ended: z.boolean(),
  observations: z.strictObject({ pairs: z.int(), traffic: z.int() }),
  evidence: z.number().describe('the e-value now'),
  peak: z.number().describe('the largest e-value so far'),
  limit: z.number().describe('the e-value at which it rolls back'),
});
export type Watched = Watch & Omit<z.infer<typeof watchFigures>, keyof Watch>;

export const idOf = ({ project, cycle, number }: CycleRef): string =>
  watchWorkflowId(project, cycle, number);

/** @throws NotFoundError */
export async function watchOf(db: Db, cycle: CycleRef): Promise<Watched> {
  const found = await getWatch(db, cycle);
  const seen = await listObservations(db, cycle);
  const state = watched(found.policy.tolerance, seen);
  const pairs = seen.filter(({ kind }) => kind === 'pair').length;
  return {
    ...found,
    ended: found.state === 'ended',
    observations: { pairs, traffic: seen.length - pairs },
    evidence: evidence(state),
    peak: state.peak,
    limit: 1 / found.policy.alpha,
  };
}

/** Tells a running watch that there is something new. @throws NotFoundError */
export const ring = (client: Client, cycle: CycleRef): Promise<void> =>
  running(cycle, () => client.workflow.getHandle(idOf(cycle)).signal(observed));

/** Ends a running watch. @throws NotFoundError */
export const cancel = (client: Client, cycle: CycleRef): Promise<void> =>
  running(cycle, () => client.workflow.getHandle(idOf(cycle)).cancel());

async function running(cycle: CycleRef, send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    const key = cycleKey(cycle);
    const remedy = `\`npx attune promote watch start ${key}\` begins one`;
    throw new NotFoundError('running watch of', key, remedy);
  }
}
