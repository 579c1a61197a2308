import { inlineAgent, type LoadedAgent } from '../agents/load.ts';
import type { CycleSpec } from '../contracts/spec.ts';
import { listAgents } from '../db/agents.ts';
import type { Db } from '../db/connect.ts';
import type { Cycle } from '../db/cycles.ts';
import type { AgentDeps } from './deps.ts';
import { RefusedError } from './refused.ts';

/** The agent of a cycle, as this worker loaded it. @throws RefusedError */
export function agentOf(deps: AgentDeps, spec: CycleSpec): LoadedAgent {
  if (typeof spec.agent !== 'string') return inlineAgent(spec.agent);
  const agent = deps.agents[spec.agent];
  if (agent !== undefined) return agent;
  const known = Object.keys(deps.agents).join(', ') || 'none';
  throw new RefusedError([
    `agent \`${spec.agent}\` is not declared in attune.config.ts (declared: ${known}); add it there and start the worker again`,
  ]);
}

/** Whether the agent of a cycle declares that it always answers alike. */
export async function agentIsDeterministic(db: Db, { project, spec }: Cycle): Promise<boolean> {
  if (typeof spec.agent !== 'string') return false;
  const known = await listAgents(db, project);
  return known.find((record) => record.name === spec.agent)?.deterministic ?? false;
}
