import type { LoadedAgent } from '../../agents/load.ts';
import type { AgentCall, AgentResult } from '../../agents/result.ts';
import type { TurnRef } from '../../contracts/drive.ts';
import { hashJson } from '../../contracts/hash.ts';
import type { Rollout } from '../../contracts/rollout.ts';
import type { Trace } from '../../contracts/trace.ts';
import * as runs from '../../db/runs/runs.ts';
import { countRollouts, isAnswered } from '../../db/runs/unmeasured.ts';
import * as traces from '../../db/traces/traces.ts';
import { agentOf } from '../agent.ts';
import type { Boxed } from '../boxed.ts';
import { canary } from '../cycle/canary.ts';
import { type AgentDeps, type CycleRef, modelsOf, type Work } from '../deps.ts';
import { driveTurn } from '../drive.ts';
import { activitiesOver } from '../failures.ts';
import { beating } from '../heartbeat.ts';
import { watchFirstRows } from './first-rows.ts';
import { codeScorersOf, type InRun, scoreRollouts, scoreRun } from './scoring.ts';
import { storedBox } from '../stored-box.ts';
import { FAULTS_OF_INFRASTRUCTURE, notThrough } from '../unmeasured.ts';
import { wholeTrace } from './whole-trace.ts';

/** Agent runs under way at once; the limiter bounds their model calls. */
const LANES = 64;
const FLUSH = { most: 20, waitMs: 10 } as const;

/** What the agent workers do: user code runs here and nowhere else. */
export function createAgentActivities(given: AgentDeps) {
  return activitiesOver(given, (deps) => ({
    runRollouts: (work: Work) => beating((signal) => runAndScore(deps, work, signal)),
    scoreRollouts: (work: Work) => beating((signal) => scoreRollouts(deps, work, signal)),
    driveTurn: (at: TurnRef) => beating((signal) => driveTurn(deps, at, signal)),
    canary: (ref: CycleRef) => beating((signal) => canary(deps, ref, signal)),
  }));
}

/** `judges`: assessments that wait for scorers that are not code; absent where the run has no code scorer. */
export type Ran = Boxed & { readonly judges?: number };

/** Runs the agent, and the code scorers right after it: both are user code, and a search waits for each round of the queue. */
async function runAndScore(deps: AgentDeps, work: Work, signal: AbortSignal): Promise<Ran> {
  const { db, scorersOf } = deps;
  const [run, pending] = await Promise.all([
    runs.getRun(db, { ...work, scorersOf }),
    runs.pendingRollouts(db, work),
  ]);
  const scorers = codeScorersOf(deps, run);
  for (const scorer of scorers.values()) deps.scorerHost.prepare(scorer);
  const ran = await runRollouts(deps, { run, work, signal, pending });
  if (scorers.size === 0 || ran.deferred > 0) return ran;
  const { done, failed, deferred, judges } = await scoreRun(deps, { run, work, signal });
  return { done: ran.done + done, failed: ran.failed + failed, deferred, judges };
}

type Pending = { readonly pending: readonly runs.PendingRollout[] };
type Result = { readonly rollout: Rollout; readonly trace: Trace };

async function runRollouts(
  deps: AgentDeps,
  { run, work, signal, pending }: InRun & Pending,
): Promise<Boxed> {
  const { db, now, host } = deps;
  const { project } = work;
  const agent = agentOf(deps, run);
  if (run.kind === 'gate')
    await traces.reserveTraces(db, {
      project,
      run: run.name,
      ids: pending.map((row) => traceIdOf(run, row)),
    });
  const first = watchFirstRows({
    run: run.name,
    rows: pending.length,
    answered: await isAnswered(db, work),
  });
  const ends = AbortSignal.any([signal, first.signal]);
  return storedBox<runs.PendingRollout, Result>({
    rows: pending,
    lanes: Math.min(LANES, agent.record.concurrency ?? LANES),
    flush: FLUSH,
    now,
    signal,
    write: (rows) =>
      db.transaction().execute(async (tx) => {
        const made = rows.map((row) => row.trace);
        await traces.saveTraces(tx, { project, run: work.run, traces: made });
        await runs.saveRollouts(tx, { project, rollouts: rows.map((row) => row.rollout) });
      }),
    work: async (row) => {
      const ran = await host.run(callOf({ deps, run, agent, row, signal: ends }));
      first.see(ran);
      const result = { rollout: rolloutOf(work.run, row, ran), trace: wholeTrace(ran, now()) };
      const lost = ran.status === 'missing' ? notThrough(ran.error) : null;
      return { result, failed: ran.status !== 'ok', notThrough: lost };
    },
    missing: {
      at: work,
      batch: `agent ${work.from}`,
      count: () => countRollouts(db, { ...work, faults: FAULTS_OF_INFRASTRUCTURE }),
    },
  });
}

type Cell = {
  readonly deps: AgentDeps;
  readonly run: runs.Run;
  readonly agent: LoadedAgent;
  readonly row: runs.PendingRollout;
  readonly signal: AbortSignal;
};

function callOf({ deps, run, agent, row, signal }: Cell): AgentCall {
  const { arm, trial, example } = row;
  const draw = `agent|${run.name}|${run.armHashes[arm]}|${example.id}|${trial}`;
  return {
    agent,
    inputs: example.inputs,
    prompts: row.prompts,
    traceId: traceIdOf(run, row),
    model: modelsOf(deps, run).agent,
    signal,
    context: (n) => ({
      purpose: 'agent',
      draw: `${draw}|${n}`,
      project: run.project,
      cycle: run.payer,
      signal,
    }),
  };
}

const traceIdOf = (run: runs.Run, { arm, example, trial }: runs.PendingRollout): string =>
  hashJson([run.project, run.name, arm, example.id, trial]).slice(0, 32);

function rolloutOf(run: string, row: runs.PendingRollout, result: AgentResult): Rollout {
  const { status, outputs, error, trace, latencyMs, price } = result;
  return {
    run,
    ordinal: row.ordinal,
    arm: row.arm,
    example: row.example.id,
    trial: row.trial,
    status,
    outputs,
    outputHash: outputs === null ? null : hashJson(outputs),
    traceId: trace.id,
    error,
    latencyMs,
    price,
  };
}
