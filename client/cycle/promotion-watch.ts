import { WorkflowNotFoundError } from '@temporalio/client';
import { watchWorkflowId } from '../../contracts/temporal.ts';
import type { WatchPolicy } from '../../contracts/watch.ts';
import { standsAt } from '../../db/versions/aliases.ts';
import { type Cycle, cycleKey } from '../../db/cycles/cycles.ts';
import { getWatch, listObservations, openWatch, type Watch } from '../../db/cycles/watches.ts';
import { evidence, watched } from '../../domain/promote/watch.ts';
import { observed } from '../../workflows/messages.ts';
import type { Cli } from '../cli.ts';
import { refuse } from '../../contracts/invalid-input.ts';
import { NotFoundError } from '../errors.ts';
import { startWorkflow } from '../../operations/workflows.ts';

/** A watch with what its observations come to. */
export type Watched = Watch & {
  readonly ended: boolean;
  readonly observations: { readonly pairs: number; readonly traffic: number };
  readonly evidence: number;
  readonly peak: number;
  readonly limit: number;
};

const idOf = ({ project, cycle, number }: Cycle): string => watchWorkflowId(project, cycle, number);

/** Begins the watch of a promotion that stands, or finds the one that is there. @throws InvalidInputError */
export async function begin(
  cli: Cli,
  cycle: Cycle,
  policy: WatchPolicy,
): Promise<{ readonly policy: WatchPolicy; readonly workflowId: string }> {
  const db = await cli.connections.database();
  const { project, finalist, outcome, spec } = cycle;
  if (outcome !== 'promoted' || finalist === null)
    refuse(cycleKey(cycle), 'promoted nothing: there is nothing to watch');
  for (const [prompt, number] of Object.entries(finalist)) {
    const at = await standsAt(db, { project, prompt, alias: spec.alias });
    if (at !== number)
      refuse(
        `${prompt}@${spec.alias}`,
        `stands at version ${at}, not at ${number} of ${cycleKey(cycle)}: there is nothing to watch`,
      );
  }
  const client = await cli.connections.temporal();
  const watch = await openWatch(db, cycle, policy);
  if (watch.state === 'ended') refuse(`watch of ${cycleKey(cycle)}`, `has ended: ${watch.why}`);
  const workflowId = idOf(cycle);
  const ref = { project, cycle: cycle.cycle, number: cycle.number };
  await startWorkflow(client, {
    type: 'watchWorkflow',
    id: workflowId,
    args: [{ ref, turn: 0 }],
    failed: watch.state === 'failed',
    summary: `watch of ${cycleKey(cycle)}`,
  });
  return { policy: watch.policy, workflowId };
}

/** @throws NotFoundError */
export async function watchOf(cli: Cli, cycle: Cycle): Promise<Watched> {
  const db = await cli.connections.database();
  const watch = await getWatch(db, cycle);
  const seen = await listObservations(db, cycle);
  const state = watched(watch.policy.tolerance, seen);
  const pairs = seen.filter(({ kind }) => kind === 'pair').length;
  return {
    ...watch,
    ended: watch.state === 'ended',
    observations: { pairs, traffic: seen.length - pairs },
    evidence: evidence(state),
    peak: state.peak,
    limit: 1 / watch.policy.alpha,
  };
}

export function watchedText(watch: Watched): string {
  const { policy, observations, limit } = watch;
  return [
    `Watch of ${watch.cycle}: ${watchStanding(watch)}`,
    `  ${observations.pairs} pairs, ${observations.traffic} requests of randomized traffic; at most ${policy.most} conversations`,
    `  E = ${watch.evidence.toPrecision(4)}, at most ${watch.peak.toPrecision(4)} so far; rolled back at ${limit} (tolerance ${policy.tolerance})`,
    ...(watch.why === null ? [] : [`  ${watch.why}`]),
  ].join('\n');
}

export function watchStanding({ state, outcome, cycle, endsAt }: Watch): string {
  if (state === 'running') return `running until ${endsAt}`;
  return outcome ?? `failed (\`npx attune promote watch start ${cycle}\` lets it go on)`;
}

/** Tells a running watch that there is something new. */
export async function ring(cli: Cli, cycle: Cycle): Promise<void> {
  const client = await cli.connections.temporal();
  await running(cycle, () => client.workflow.getHandle(idOf(cycle)).signal(observed));
}

/** Ends a running watch. @throws NotFoundError */
export async function stop(cli: Cli, cycle: Cycle): Promise<string> {
  const client = await cli.connections.temporal();
  await running(cycle, () => client.workflow.getHandle(idOf(cycle)).cancel());
  return idOf(cycle);
}

async function running(cycle: Cycle, send: () => Promise<unknown>): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new NotFoundError(
      `a running watch of ${cycleKey(cycle)}`,
      `\`npx attune promote watch start ${cycleKey(cycle)}\` begins one.`,
    );
  }
}
