import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
} from '@temporalio/client';
import { type FailureKind, kindOf } from '../../contracts/failure.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  evaluationName,
  type EvaluationProgress,
  evaluationProgress,
} from '../../db/runs/evaluations.ts';
import { countRollouts, type Run } from '../../db/runs/runs.ts';
import type { Cli } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { percent, span, usd } from '../terminal/figures.ts';
import { createLiveLine } from '../terminal/live-line.ts';
import { startWorkflow } from '../../operations/workflows.ts';

export const evaluationWorkflowId = ({ project, name }: Pick<Run, 'project' | 'name'>): string =>
  `evaluate/${project}/${evaluationName(name)}`;

/** The workflow of an evaluation failed; what is stored stays, and the same command goes on from there. */
export class EvaluationFailedError extends Error {
  override readonly name = 'EvaluationFailedError';
  readonly kind: FailureKind;
  readonly retryable = false;
  readonly hint: string;
  constructor(run: string, cause: string, kind: FailureKind) {
    super(`${run} stopped: ${cause}`);
    this.kind = kind;
    this.hint = 'Mend the cause and give the same command again: what is stored is not paid twice.';
  }
}

/** Failures are asked for again only when nothing is under way: batches that passed them would not come back. @throws InvalidInputError */
export async function refuseWhileRunning(cli: Cli, run: Run): Promise<void> {
  const client = await cli.connections.temporal();
  const handle = client.workflow.getHandle(evaluationWorkflowId(run));
  const status = await handle.describe().then(
    (found) => found.status.name,
    (error: unknown) => {
      if (error instanceof WorkflowNotFoundError) return 'NONE';
      throw error;
    },
  );
  if (status !== 'RUNNING') return;
  throw new InvalidInputError([
    { at: '--retry-errors', message: `${run.name} is still running; wait for its end` },
  ]);
}

const EVERY_MS = 400;
/** Counting a large evaluation takes a while: looking may cost this share of the time at most. */
const LOOKING = 0.05;

/** Runs what is not stored yet and follows it; `left` when the person stopped looking, while the workflow goes on. */
export async function runEvaluation(
  cli: Cli,
  run: Run,
  signal: AbortSignal,
): Promise<'ended' | 'left'> {
  const client = await cli.connections.temporal();
  const db = await cli.connections.database();
  const { project, name, planned } = run;
  const { pending } = await countRollouts(db, { project, run: name });
  const scorers = run.scorers.map(({ id }) => id).join(', ');
  const handle = await startWorkflow(client, {
    type: 'evaluateWorkflow',
    id: evaluationWorkflowId(run),
    args: [{ project, run: name, from: 0, to: planned, agent: pending > 0 }],
    summary: `${name}: ${run.agent} on ${run.datasetVersion}, scored by ${scorers}`,
  });
  const line = createLiveLine(process.stderr);
  const begun = performance.now();
  const first = await evaluationProgress(db, { project, run: name });
  const end = client.connection.withAbortSignal(signal, () => handle.result());
  const over = end.then(
    () => true,
    () => true,
  );
  try {
    for (;;) {
      const asked = performance.now();
      const now = await evaluationProgress(db, { project, run: name });
      const pause = Math.max(EVERY_MS, (performance.now() - asked) / LOOKING);
      if (!cli.json) line.show(progressText(name, now, { first, ms: performance.now() - begun }));
      const waited = sleep(pause, false, { signal }).catch(() => false);
      if (await Promise.race([over, waited])) break;
      if (signal.aborted) return 'left';
    }
    await end;
    return 'ended';
  } catch (error) {
    if (signal.aborted) return 'left';
    if (error instanceof WorkflowExecutionAlreadyStartedError) return 'ended';
    if (!(error instanceof WorkflowFailedError)) throw error;
    let cause: Error = error;
    while (cause.cause instanceof Error) cause = cause.cause;
    throw new EvaluationFailedError(name, cause.message, kindOf(error));
  } finally {
    line.end();
  }
}

function progressText(
  run: string,
  now: EvaluationProgress,
  pace: { readonly first: EvaluationProgress; readonly ms: number },
): string {
  const made = now.done - pace.first.done;
  const left = made > 0 ? ((now.total - now.done) / made) * pace.ms : null;
  return [
    `${run}  ${now.done.toLocaleString('en')} of ${now.total.toLocaleString('en')} verdicts`,
    `mean ${percent(now.score)}`,
    `${now.failed} failed`,
    usd(now.usd),
    ...(left === null ? [] : [`about ${span(left)} left`]),
  ].join(', ');
}
