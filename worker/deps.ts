import type { ActivityDeps, AgentDeps } from '../activities/deps.ts';
import type { CallPorts } from '../agents/calls.ts';
import { createAgentHost } from '../agents/host.ts';
import { loadConfig } from '../agents/load.ts';
import { createScorerHost } from '../agents/scorer-host.ts';
import { createDatabase } from '../db/connect.ts';
import { registerAgents } from '../db/versions/agents.ts';
import { createScorerVersion } from '../db/versions/scorers.ts';
import { migrate } from '../db/migrate.ts';
import { createReplyStore } from '../db/engines/replies.ts';
import { keepScorers } from '../db/runs/scorers.ts';
import { withBudget } from '../activities/budget.ts';
import { createAlignments } from '../activities/align/cache.ts';
import { createMemories } from '../activities/evaluate/memories.ts';
import { endsTheRun, isInfrastructure } from '../activities/model-faults.ts';
import { checkJudge } from '../domain/evaluate/check-judge.ts';
import { createLimiter } from '../llm/limiter.ts';
import { createModel } from '../llm/model.ts';
import { LIST_PRICES } from '../contracts/prices.ts';
import { userEnvironment, type WorkerEnvironment } from './environment.ts';

export type Deps = {
  readonly activities: ActivityDeps;
  close(): Promise<void>;
};

const POOL = 16;
const HANG_MS = 2_000;

/** Database, ledger and model of one process. */
export async function openDeps(environment: WorkerEnvironment): Promise<Deps> {
  const db = createDatabase(environment.databaseUrl, { max: POOL });
  await migrate(db);
  const replies = await createReplyStore(db, environment.databaseUrl);
  const { endpoint, apiKey, practice } = environment.model;
  const bare = createModel({
    endpoint,
    apiKey,
    replies,
    limiter: createLimiter({ concurrency: environment.concurrency }),
    // The practice model gets another port at another start; it is the same model.
    ...(practice ? { endpointName: 'practice' } : {}),
  });
  return {
    activities: {
      db,
      model: withBudget(bare, { db, prices: LIST_PRICES, holder: replies.holder }),
      models: environment.models,
      practice,
      searchAttributes: false,
      scorersOf: keepScorers(),
      memories: createMemories(),
      alignments: createAlignments(),
      now: Date.now,
      outward: { webhook: environment.webhook, url: environment.url },
    },
    async close() {
      await replies.close();
      await db.destroy();
    },
  };
}

/** Loads `attune.config.ts` and tells the database which agents and code scorers this worker can run. */
export async function openAgents(
  deps: Deps,
  environment: { readonly config: string; readonly project: string },
): Promise<Omit<AgentDeps, keyof ActivityDeps>> {
  const { agents, scorers, judges } = await loadConfig(environment.config);
  judges.forEach(checkJudge);
  const { db, model, now } = deps.activities;
  await registerAgents(
    db,
    environment.project,
    Object.values(agents).map((agent) => agent.record),
  );
  for (const definition of [...judges, ...Object.values(scorers).map((at) => at.definition)])
    await createScorerVersion(db, { project: environment.project, definition });
  const ports: CallPorts = {
    complete: (request, context) => model.complete(request, context),
    now,
    infrastructure: isInfrastructure,
    fatal: endsTheRun,
  };
  const options = { env: userEnvironment(process.env), hangMs: HANG_MS };
  return {
    agents,
    scorers,
    host: createAgentHost(ports, options),
    scorerHost: createScorerHost(ports, options),
  };
}
