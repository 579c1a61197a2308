import { inlineAgent, type LoadedAgent } from '../agents/load.ts';
import type { RunSpec } from '../contracts/run.ts';
import { getAgent, listAgents } from '../db/versions/agents.ts';
import type { Db } from '../db/connect.ts';
import type { Cycle } from '../db/cycles/cycles.ts';
import type { AgentDeps } from './deps.ts';
import { UnfitSpecError } from './unfit.ts';

/** The code of an agent changed while a cycle was under way: its figures would mix two agents. */
export class AgentChangedError extends Error {
  override readonly name = 'AgentChanged';
  readonly kind = 'refused';
  readonly retryable = false;
  constructor(agent: string, fingerprints: { readonly before: string; readonly now: string }) {
    const { before, now } = fingerprints;
    super(
      `agent \`${agent}\` changed while the cycle was under way (${before.slice(0, 12)} then, ${now.slice(0, 12)} now). Put the code back and go on with it (\`npx attune cycle resume\`), or start the next one`,
    );
  }
}

/** The agent of a cycle or run, as this worker loaded it. @throws UnfitSpecError | AgentChangedError */
export function agentOf(
  deps: AgentDeps,
  {
    spec,
    agentFingerprint: before,
  }: { readonly spec: RunSpec; readonly agentFingerprint: string | null },
): LoadedAgent {
  const agent = typeof spec.agent === 'string' ? deps.agents[spec.agent] : inlineAgent(spec.agent);
  if (agent === undefined) {
    const known = Object.keys(deps.agents).join(', ') || 'none';
    throw new UnfitSpecError([
      `agent \`${typeof spec.agent === 'string' ? spec.agent : spec.agent.name}\` is not declared in attune.config.ts (declared: ${known}); add it there and start the worker again`,
    ]);
  }
  const { name, fingerprint: now } = agent.record;
  if (before !== null && before !== now) throw new AgentChangedError(name, { before, now });
  return agent;
}

/** Whether the agent of a cycle declares that it always answers alike. */
export async function agentIsDeterministic(db: Db, { project, spec }: Cycle): Promise<boolean> {
  if (typeof spec.agent !== 'string') return false;
  const known = await listAgents(db, project);
  return known.find((record) => record.name === spec.agent)?.deterministic ?? false;
}

/** The agent of a cycle as its workers declare it now. @throws NotFoundError */
export async function currentAgent(
  db: Db,
  { project, spec }: Cycle,
): Promise<{ readonly name: string; readonly fingerprint: string }> {
  if (typeof spec.agent !== 'string') return inlineAgent(spec.agent).record;
  return getAgent(db, { project, name: spec.agent });
}
