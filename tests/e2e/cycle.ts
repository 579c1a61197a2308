import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { Cli } from '../../client/cli.ts';
import { signalComplete } from '../../operations/cycle/messages.ts';
import { readReport } from '../../client/cycle/read-report.ts';
import { type CycleName, workflowIdOf } from '../../operations/cycle/reference.ts';
import { startCycle } from '../../client/cycle/start.ts';
import { readReviews, reviewSession } from '../../client/demo/reviewer.ts';
import type { CycleProgress, CycleResult } from '../../contracts/progress.ts';
import { cycleReport, type CycleReport } from '../../contracts/report.ts';
import { progress } from '../../workflows/messages.ts';
import type { ExampleSpec } from './spec.ts';
import type { TestStack } from './stack.ts';

export type RunOptions = {
  readonly stack: TestStack;
  readonly spec: ExampleSpec;
  /** Split salt of the project, set by the first import. */
  readonly salt: string;
  readonly withinMs?: number;
};

export type StartedCycle = {
  readonly cli: Cli;
  readonly name: CycleName;
  readonly handle: WorkflowHandle<() => Promise<CycleResult>>;
};
export type RanCycle = StartedCycle & {
  readonly result: CycleResult;
  readonly report: CycleReport;
  readonly ms: number;
};

const WITHIN_MS = 240_000;
const EVERY_MS = 100;

/** One cycle from its spec to its report, labelled by the scripted reviewer through the API. */
export async function runCycle(options: RunOptions): Promise<RanCycle> {
  const begun = performance.now();
  const started = await begin(options);
  const until = begun + (options.withinMs ?? WITHIN_MS);
  const session = await sessionOf(started, until);
  if (session !== null) await label({ ...options, ...started, session });
  const result = await within(endOf(started), {
    until,
    what: async () => `the end of ${workflowIdOf(started.name)}; ${await whereabouts(started)}`,
  });
  const report = await readReport(started.cli, started.name);
  assert.ok(report, 'the cycle ended, so it has a report');
  const ms = performance.now() - begun;
  return { ...started, result, report: cycleReport.parse(report), ms };
}

/** The result; a failure says its first cause. */
async function endOf({ handle }: StartedCycle): Promise<CycleResult> {
  try {
    return await handle.result();
  } catch (error) {
    let cause = error as Error;
    while (cause.cause instanceof Error) cause = cause.cause;
    throw new Error(`the cycle failed: ${cause.message}`, { cause: error });
  }
}

/** Imports and starts a cycle as `attune cycle start` does. */
export async function begin({ stack, spec, salt }: RunOptions): Promise<StartedCycle> {
  const cli = stack.cli({ ATTUNE_SPLIT_SALT: salt });
  const name = await startCycle(cli, spec);
  const client = await cli.connections.temporal();
  return { cli, name, handle: client.workflow.getHandle(workflowIdOf(name)) };
}

/** The label session of a cycle once it is open; null when the cycle ends without one. */
export async function sessionOf(started: StartedCycle, until: number): Promise<string | null> {
  for (;;) {
    const { status } = await started.handle.describe();
    if (status.name !== 'RUNNING') return null;
    const at = await askProgress(started);
    if (at?.session != null) return at.session;
    assert.ok(performance.now() < until, `no label session in time; ${await whereabouts(started)}`);
    await sleep(EVERY_MS);
  }
}

type Labelling = RunOptions & StartedCycle & { readonly session: string };

/** All reviewers label the session; the message after it ends the wait where the target cannot be reached. */
export async function label({ spec, cli, name, session }: Labelling): Promise<number> {
  const { labels } = await untilItWorks(() =>
    reviewSession({
      server: cli.connections.server(),
      session,
      reviews: readReviews(spec.reviewers),
      field: spec.spec.gold?.output ?? 'output',
    }),
  );
  const client = await cli.connections.temporal();
  await signalComplete({ client, workflowId: workflowIdOf(name), session }).catch(() => undefined);
  return labels;
}

/** A person whose request fails while a part is down tries again: posting a label twice changes nothing. */
async function untilItWorks<T>(work: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1)
    try {
      return await work();
    } catch (error) {
      if (tried === 20) throw error;
      await sleep(500);
    }
}

/** The answer of the query `progress`; null while no worker answers it. */
export async function askProgress({ handle }: StartedCycle): Promise<CycleProgress | null> {
  try {
    const { connection } = handle.client;
    return await connection.withDeadline(Date.now() + 3_000, () => handle.query(progress));
  } catch {
    return null;
  }
}

async function whereabouts(started: StartedCycle): Promise<string> {
  const at = await askProgress(started);
  return at === null ? 'no worker answers' : `phase ${at.phase}: ${at.note}`;
}

type Limit = { readonly until: number; readonly what: () => Promise<string> };

/** Waits no longer than `until`, and then says what was waited for. */
export async function within<T>(work: Promise<T>, { until, what }: Limit): Promise<T> {
  const stop = new AbortController();
  const late = sleep(Math.max(0, until - performance.now()), null, { signal: stop.signal }).then(
    async () => assert.fail(`not in time: ${await what()}`),
    () => assert.fail('unreachable'),
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    stop.abort();
    late.catch(() => undefined);
  }
}
