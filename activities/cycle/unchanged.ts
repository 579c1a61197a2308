import type { AgentRecord } from '../../contracts/agent.ts';
import type { Db } from '../../db/connect.ts';
import type { Cycle } from '../../db/cycles/cycles.ts';
import { hasRuns } from '../../db/runs/runs.ts';
import { AgentChangedError } from '../agent.ts';

/** The worker names other models than those a cycle began with: its figures would mix them. */
export class ModelsChangedError extends Error {
  override readonly name = 'ModelsChanged';
  readonly kind = 'refused';
  readonly retryable = false;
  constructor(changed: readonly string[]) {
    super(
      `models changed while the cycle was under way (${changed.join(', ')}). Start the worker with the first ones and go on with them (\`npx attune cycle resume\`), or start the next one`,
    );
  }
}

/** A cycle that is resumed goes on with the agent and the models of its runs. @throws AgentChangedError | ModelsChangedError */
export async function mustBeAsBegun(
  db: Db,
  cycle: Cycle,
  now: { readonly agent: AgentRecord; readonly models: Readonly<Record<string, string>> },
): Promise<void> {
  const { agentFingerprint: before, models } = cycle;
  if (before === null || models === null || !(await hasRuns(db, cycle))) return;
  const { name, fingerprint } = now.agent;
  if (before !== fingerprint) throw new AgentChangedError(name, { before, now: fingerprint });
  const changed = Object.entries(now.models)
    .filter(([role, model]) => models[role] !== model)
    .map(([role, model]) => `${role}: ${models[role]} then, ${model} now`);
  if (changed.length > 0) throw new ModelsChangedError(changed);
}
