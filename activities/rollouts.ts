import { inlineAgent, type LoadedAgent } from '../agents/load.ts';
import type { AgentCall } from '../agents/result.ts';
import { hashJson } from '../contracts/hash.ts';
import type { Json } from '../contracts/json.ts';
import type { Rollout } from '../contracts/rollout.ts';
import * as runs from '../db/runs.ts';
import * as traces from '../db/traces.ts';
import { type Boxed, timeBoxed } from './boxed.ts';
import { canary } from './canary.ts';
import type { AgentDeps, Work } from './deps.ts';
import { mapFailures } from './failures.ts';
import { createFlusher } from './flusher.ts';
import { beating } from './heartbeat.ts';
import { RefusedError } from './refused.ts';

/** Agent runs under way at once; the limiter bounds their model calls. */
const LANES = 64;
const BOX_MS = 60_000;

/** What the agent workers do: user code runs here and nowhere else. */
export function createAgentActivities(deps: AgentDeps) {
  return mapFailures({
    runRollouts: (work: Work) => beating((signal) => runRollouts(deps, work, signal)),
    canary: (ref: Parameters<typeof canary>[1]) => beating(() => canary(deps, ref)),
  });
}

async function runRollouts(deps: AgentDeps, work: Work, signal: AbortSignal): Promise<Boxed> {
  const { db, now } = deps;
  const run = await runs.getRun(db, work);
  const agent = agentOf(deps, run);
  const pending = await runs.pendingRollouts(db, work);
  const flusher = createFlusher<{ rollout: Rollout; trace: AgentTrace }>(async (rows) => {
    await traces.saveTraces(db, { project: work.project, run: work.run, rows: rows.map((row) => row.trace) });
    await runs.saveRollouts(db, { project: work.project, rows: rows.map((row) => row.rollout) });
  });
  const box = { rows: pending, lanes: LANES, boxMs: BOX_MS, now, signal };
  try {
    return await timeBoxed(box, async (row) => {
      const call = callOf({ deps, run, agent, row, signal });
      const result = await deps.host.run(call);
      const rollout = rolloutOf(run.name, row, call.traceId, result);
      await flusher.add({ rollout, trace: { ...result.trace, example: row.example.id, ordinal: row.ordinal } });
      return result.status === 'ok' ? 'done' : 'failed';
    });
  } finally {
    await flusher.flush();
  }
}
