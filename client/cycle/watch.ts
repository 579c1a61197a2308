import { type WorkflowHandle, WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { type FailureKind, kindOf } from '../../contracts/failure.ts';
import type { CycleProgress, CycleResult, Phase } from '../../contracts/progress.ts';
import { progress as progressQuery } from '../../workflows/messages.ts';
import type { Cli } from '../cli.ts';
import { createLiveLine, type LiveLine } from '../terminal/live-line.ts';
import type { Figures } from './progress-text.ts';
import { readFigures } from './read-figures.ts';
import { type CycleName, workflowIdOf } from '../../operations/cycle/reference.ts';
import { createShow } from './show.ts';
import { createTroubleWatch } from './trouble.ts';

export type Watched =
  | { readonly kind: 'ended'; readonly result: CycleResult }
  /** The workflow failed: `type` is the stable type of the failure, `failure` what it means. */
  | {
      readonly kind: 'failed';
      readonly failure: FailureKind;
      readonly type: string;
      readonly message: string;
    }
  /** We stopped looking; the workflow goes on. */
  | { readonly kind: 'left' };

export type Watching = {
  readonly cli: Cli;
  readonly name: CycleName;
  /** Aborted when the person stops looking. */
  readonly signal: AbortSignal;
  /** Told of a label session once, when it opens. */
  readonly onSession?: (session: string, line: LiveLine) => Promise<void>;
};

const EVERY_MS = 400;
const QUERY_WITHIN_MS = 5_000;

/** Follows a cycle to its end, showing phase, running score, spend and time left. Looking changes nothing in it. */
export async function watchCycle({ cli, name, signal, onSession }: Watching): Promise<Watched> {
  const client = await cli.connections.temporal();
  const handle = client.workflow.getHandle<() => Promise<CycleResult>>(workflowIdOf(name));
  const line = createLiveLine(process.stderr);
  const leaving = new AbortController();
  const calls = AbortSignal.any([signal, leaving.signal]);
  const end = client.connection.withAbortSignal(calls, () => resultOf(handle, calls));
  cli.note(`Watching ${workflowIdOf(name)}`);
  const show = createShow(cli, line);
  let seen: string | null = null;
  const lookForTrouble = createTroubleWatch(handle, (trouble) => {
    if (!cli.json) line.keep(`     ${trouble}`);
  });
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  try {
    for (;;) {
      const ended = await Promise.race([end, failed.promise, pause(signal)]);
      if (ended !== null) {
        if (ended.kind === 'ended') show.finish();
        return ended;
      }
      const progress = await askProgress(handle, calls);
      if (signal.aborted) return { kind: 'left' };
      if (progress === null) {
        line.show('     no worker answers; the cycle waits for one');
        continue;
      }
      const figures = await figuresOf(cli, name, progress.phase);
      if (figures === null) {
        line.show('     the database does not answer; the cycle goes on when it does');
        continue;
      }
      const last = show.phase();
      const before =
        last === null || last === progress.phase ? null : await figuresOf(cli, name, last);
      show.at(progress, figures, before);
      await lookForTrouble();
      if (progress.session === null || progress.session === seen) continue;
      seen = progress.session;
      onSession?.(seen, line).catch(failed.reject);
    }
  } finally {
    leaving.abort();
    line.end();
  }
}

async function pause(signal: AbortSignal): Promise<null> {
  await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  return null;
}

// Without a worker a query has no answer; the wait for one goes on.
async function askProgress(
  handle: WorkflowHandle,
  signal: AbortSignal,
): Promise<CycleProgress | null> {
  const { connection } = handle.client;
  try {
    return await connection.withAbortSignal(signal, () =>
      connection.withDeadline(Date.now() + QUERY_WITHIN_MS, () => handle.query(progressQuery)),
    );
  } catch {
    return null;
  }
}

// The watch outlives a database that is killed and started again, as the cycle does.
async function figuresOf(cli: Cli, name: CycleName, phase: Phase): Promise<Figures | null> {
  try {
    return await readFigures(await cli.connections.database(), name, phase);
  } catch {
    return null;
  }
}

/** The innermost failure that we gave a type of its own: wrappers of Temporal lie above it, causes of libraries below. */
function reasonOf(error: WorkflowFailedError): { readonly type: string; readonly message: string } {
  let reason = { type: error.name, message: error.message };
  for (let at: unknown = error.cause; at instanceof Error; at = at.cause)
    if (at instanceof ApplicationFailure && at.type != null)
      reason = { type: at.type, message: at.message };
  return reason;
}

/** Milliseconds for which a Temporal that is away is waited for. */
const AWAY_MS = 120_000;

/** The end of the workflow; a server that is killed meanwhile is asked again when it is back. */
async function resultOf(
  handle: WorkflowHandle<() => Promise<CycleResult>>,
  signal: AbortSignal,
  awaySince: number | null = null,
): Promise<Watched> {
  const asked = Date.now();
  try {
    return { kind: 'ended', result: await handle.result() };
  } catch (error) {
    if (signal.aborted) return { kind: 'left' };
    if (!(error instanceof WorkflowFailedError)) {
      // An answer that took its time shows that the server was there until now.
      const since = awaySince !== null && Date.now() - asked < EVERY_MS * 25 ? awaySince : asked;
      if (Date.now() - since > AWAY_MS) throw error;
      await pause(signal);
      return resultOf(handle, signal, since);
    }
    return { kind: 'failed', failure: kindOf(error), ...reasonOf(error) };
  }
}
