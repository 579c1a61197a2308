import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ActivityDeps, AgentDeps } from '../activities/deps.ts';
import type { CallPorts } from '../agents/calls.ts';
import { createAgentHost } from '../agents/host.ts';
import { ConfigError, type LoadedConfig, loadConfig } from '../agents/load.ts';
import { configReader } from '../agents/read-config.ts';
import { type Enclosure, findEnclosure, lookedUp } from '../agents/enclosure/enclosure.ts';
import { createScorerHost } from '../agents/scorer-host.ts';
import { createDatabase } from '../db/connect.ts';
import { registerAgents } from '../db/versions/agents.ts';
import { createScorerVersion } from '../db/versions/scorers.ts';
import { migrate } from '../db/migrate.ts';
import { createDialectStore } from '../db/engines/dialects.ts';
import { createReplyStore } from '../db/engines/replies.ts';
import { keepScorers } from '../db/runs/scorers.ts';
import { withBudget } from '../activities/budget.ts';
import { createAlignments } from '../activities/align/cache.ts';
import { createMemories } from '../activities/evaluate/memories.ts';
import { endsTheRun, isInfrastructure, isInterruption } from '../activities/model-faults.ts';
import { checkJudge } from '../domain/evaluate/check-judge.ts';
import { byRole } from '../llm/by-role.ts';
import { createLimiter } from '../llm/limiter.ts';
import { createModel } from '../llm/model.ts';
import type { Model } from '../contracts/model.ts';
import { LIST_PRICES } from '../contracts/prices.ts';
import { type Endpoint, userEnvironment, type WorkerEnvironment } from './environment.ts';

export type Deps = {
  readonly activities: ActivityDeps;
  close(): Promise<void>;
};

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Where a program of the user's could leave something that Attune would run later, with its keys. */
const OUR_CODE = [
  'agents',
  'activities',
  'client',
  'contracts',
  'db',
  'domain',
  'llm',
  'node_modules',
  'operations',
  'package.json',
  'practice',
  'server',
  'stack',
  'worker',
  'workflows',
];

const POOL = 16;
const HANG_MS = 2_000;

/** Database, ledger and model of one process. */
export async function openDeps(environment: WorkerEnvironment): Promise<Deps> {
  const db = createDatabase(environment.databaseUrl, { max: POOL });
  await migrate(db);
  const replies = await createReplyStore(db, environment.databaseUrl);
  const { practice, own, ...main } = environment.model;
  const open = (at: Endpoint): Model =>
    createModel({
      ...at,
      replies,
      dialects: createDialectStore(db),
      limiter: createLimiter({ concurrency: environment.concurrency }),
      // The practice model gets another port at another start; it is the same model.
      ...(practice ? { endpointName: 'practice' } : {}),
    });
  const bare = byRole(
    open(main),
    Object.fromEntries(Object.entries(own).map(([role, at]) => [role, open(at)])),
  );
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
  environment: WorkerEnvironment,
): Promise<Omit<AgentDeps, keyof ActivityDeps>> {
  const { config, enclosure } = await loadEnclosed(environment);
  const { agents, scorers, judges } = config;
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
    interrupted: isInterruption,
  };
  const options = { env: userEnvironment(process.env), hangMs: HANG_MS, enclosure };
  return {
    agents,
    scorers,
    host: createAgentHost(ports, options),
    scorerHost: createScorerHost(ports, options),
  };
}

/** Where the Temporal program lies that the next start runs. */
const cacheOf = (env: NodeJS.ProcessEnv): string =>
  join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'attune');

/** Reads the config file where user code runs. Files that it names and a stranger to this machine cannot read decide who may run them. */
async function loadEnclosed(
  environment: WorkerEnvironment,
): Promise<{ readonly config: LoadedConfig; readonly enclosure: Enclosure }> {
  const enclosureFor = (files: readonly string[]): Promise<Enclosure> =>
    findEnclosure({
      folders: [resolve(environment.data)],
      fixed: [...OUR_CODE.map((name) => join(ROOT, name)), cacheOf(process.env)],
      ports: environment.closedPorts,
      needs: [join(ROOT, 'agents'), ...files],
    });
  const env = userEnvironment(process.env);
  const file = resolve(environment.config);
  if (!relative(environment.data, file).startsWith('..'))
    throw new ConfigError(
      file,
      `it lies in the data folder ${environment.data}, which user code is not shown; move it, or name another folder with ATTUNE_DATA`,
    );
  const first = await enclosureFor(existsSync(file) ? [file, dirname(file)] : []);
  const config = await loadConfig(file, configReader({ env, enclosure: first }));
  const programs = Object.values(config.agents).flatMap(({ declaration }) =>
    declaration.kind === 'command' ? (lookedUp(declaration.command[0]!) ?? []) : [],
  );
  const named = [...Object.values(config.agents), ...Object.values(config.scorers)].flatMap(
    (each) => (each.file === null ? [] : [each.file]),
  );
  const files = [...programs, ...named];
  const enclosure = files.length === 0 ? first : await enclosureFor([file, ...files]);
  return { config, enclosure };
}
