import { randomBytes } from 'node:crypto';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { readReport } from '../../client/cycle/read-report.ts';
import type { CycleReport } from '../../contracts/report.ts';
import { createDatabase } from '../../db/connect.ts';
import type { TemporalServerPrograms } from '../../scripts/temporal-server.ts';
import { begin, label, sessionOf, type StartedCycle } from '../e2e/cycle.ts';
import { crashSpec } from '../e2e/spec.ts';
import { startTestStack, type TestStack } from '../e2e/stack.ts';
import { createTestDatabase, testPostgres, testTemporal } from '../services.ts';
import { type Proxy, startProxy } from './proxy.ts';
import { requestsSoFar, SALT } from './run.ts';
import { makeNamespace, startPersistentTemporal } from './temporal-server.ts';

/** What a stack runs on, with ways to it that can be cut. */
export type Ground = {
  /** By this Temporal is called in what the tests print. */
  readonly name: string;
  readonly temporal: string;
  readonly postgres: Proxy;
  /** Away for so long: killed with -9 where that can be, else out of reach. */
  readonly temporalAway: (ms: number) => Promise<void>;
  close(): Promise<void>;
};

/** With a Temporal server on PostgreSQL where its programs are given; else the development server of the test run. */
export async function openGround(programs: TemporalServerPrograms | null): Promise<Ground> {
  const admin = new URL((await testPostgres()).url);
  const postgres = await startProxy({ host: admin.hostname, port: Number(admin.port) });
  if (programs !== null) {
    const server = await startPersistentTemporal({ programs, admin, port: postgres.port });
    return {
      name: 'Temporal server on PostgreSQL',
      temporal: server.address,
      postgres,
      temporalAway: (ms) => server.killFor(ms),
      async close() {
        await server.close();
        postgres.close();
      },
    };
  }
  const [host, port] = (await testTemporal()).address.split(':');
  const way = await startProxy({ host: host!, port: Number(port) });
  return {
    name: 'development server',
    temporal: `127.0.0.1:${way.port}`,
    postgres,
    temporalAway: (ms) => way.cut(ms),
    async close() {
      way.close();
      postgres.close();
    },
  };
}

export const FAULTS = [
  'postgres down 8 s',
  'postgres hung 7 s',
  'temporal away 8 s',
  'model hanging 12 s',
  'worker killed',
  'agent killed',
] as const;
export type Fault = (typeof FAULTS)[number];

/** A fault that comes once the model got this many requests. */
export type Outage = { readonly fault: Fault; readonly afterRequests: number };

export type OutageRun = {
  readonly report: CycleReport;
  readonly ms: number;
  readonly requests: number;
  /** Rows and verdicts that ended with an error, by its kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** Those that befell it, in their order. */
  readonly befell: readonly Fault[];
};

const LATENCY_MS = 15;
const LOOK_MS = 20;
/** Longer than every outage drawn, with the retries after them, on a busy machine. */
const WITHIN_MS = 240_000;

/** The crash fixture on a fresh database and namespace of the ground, one outage after the other. */
export async function outageRun(ground: Ground, outages: readonly Outage[]): Promise<OutageRun> {
  const database = await createTestDatabase();
  const url = new URL(database.url);
  url.port = String(ground.postgres.port);
  const namespace = `chaos-${randomBytes(5).toString('hex')}`;
  await makeNamespace(ground.temporal, namespace);
  const env = {
    DATABASE_URL: url.href,
    TEMPORAL_ADDRESS: ground.temporal,
    TEMPORAL_NAMESPACE: namespace,
    PRACTICE_LATENCY_MS: String(LATENCY_MS),
  };
  const stack = await startTestStack({ env });
  try {
    const begun = performance.now();
    const spec = crashSpec(dirname(stack.dataDir));
    const cycle = { stack, spec, salt: SALT };
    const started = await begin(cycle);
    const over = new AbortController();
    const [report, befell] = await Promise.all([
      reportOf(cycle, started, begun + WITHIN_MS).finally(() => over.abort()),
      strikeAll({ ground, stack, outages, over: over.signal }),
    ]);
    const ms = performance.now() - begun;
    const requests = requestsSoFar(stack);
    return { report, ms, requests, befell, faults: await faultsIn(database.url) };
  } finally {
    await stack.close();
    await database.drop();
  }
}

type Cycle = Parameters<typeof begin>[0];

async function reportOf(cycle: Cycle, started: StartedCycle, until: number): Promise<CycleReport> {
  const session = await persist(until, () => sessionOf(started, until));
  if (session !== null) await persist(until, () => label({ ...cycle, ...started, session }));
  await persist(until, () => started.handle.result());
  const report = await persist(until, () => readReport(started.cli, started.name));
  if (report === null) throw new Error('the cycle ended without a report');
  return report;
}

/** A person who tries again: services may be away just then. A cycle that failed has failed. */
async function persist<T>(until: number, attempt: () => Promise<T>): Promise<T> {
  for (;;)
    try {
      return await attempt();
    } catch (error) {
      const failed = error instanceof Error && error.name === 'WorkflowFailedError';
      if (failed || performance.now() > until) throw error;
      await sleep(500);
    }
}

type Striking = {
  readonly ground: Ground;
  readonly stack: TestStack;
  readonly outages: readonly Outage[];
  readonly over: AbortSignal;
};

async function strikeAll({ ground, stack, outages, over }: Striking): Promise<readonly Fault[]> {
  const befell: Fault[] = [];
  for (const { fault, afterRequests } of outages) {
    while (!over.aborted && requestsSoFar(stack) < afterRequests) await sleep(LOOK_MS);
    if (over.aborted) break;
    befell.push(fault);
    await strike(ground, stack, fault);
  }
  return befell;
}

async function strike(ground: Ground, stack: TestStack, fault: Fault): Promise<void> {
  switch (fault) {
    case 'postgres down 8 s':
      return ground.postgres.cut(8_000);
    case 'postgres hung 7 s':
      return ground.postgres.hang(7_000);
    case 'temporal away 8 s':
      return ground.temporalAway(8_000);
    case 'model hanging 12 s': {
      const release = stack.hold('practice');
      await sleep(12_000);
      return release();
    }
    case 'worker killed':
      return stack.kill('worker');
    case 'agent killed':
      return stack.kill('agent');
  }
}

async function faultsIn(url: string): Promise<Readonly<Record<string, number>>> {
  const db = createDatabase(url, { max: 1 });
  try {
    const { rows } = await sql<{ kind: string; n: number }>`
      select kind, count(*)::integer as n from (
        select error ->> 'kind' as kind from rollout where error is not null
        union all select error ->> 'kind' from assessment where error is not null) faults
      group by kind`.execute(db);
    return Object.fromEntries(rows.map(({ kind, n }) => [kind, n]));
  } finally {
    await db.destroy();
  }
}
