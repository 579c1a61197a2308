import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { judgeRollouts } from '../../../activities/evaluate/judging.ts';
import { scoreRollouts } from '../../../activities/evaluate/scoring.ts';
import type { AgentDeps } from '../../../activities/deps.ts';
import { endsTheRun, isInfrastructure, isInterruption } from '../../../activities/model-faults.ts';
import { createAgentHost } from '../../../agents/host.ts';
import type { LoadedScorer } from '../../../agents/load.ts';
import { createScorerHost } from '../../../agents/scorer-host.ts';
import type { Example } from '../../../contracts/example.ts';
import { hashJson } from '../../../contracts/hash.ts';
import type { JudgeMemory } from '../../../contracts/judge.ts';
import type { Model } from '../../../contracts/model.ts';
import type { ScorerDefinition } from '../../../contracts/scorer.ts';
import type { Trace } from '../../../contracts/trace.ts';
import type { ValueType } from '../../../contracts/value.ts';
import type { Db } from '../../../db/connect.ts';
import * as runs from '../../../db/runs/runs.ts';
import { createScorerVersion } from '../../../db/versions/scorers.ts';
import { saveTraces } from '../../../db/traces/traces.ts';
import { createPracticeServer } from '../../../practice/server.ts';
import { importRows } from '../../db/fixture.ts';
import { modelAt } from '../../llm/model-under-test.ts';
import { depsOver } from '../deps.ts';

export const FILE = fileURLToPath(new URL('fixtures/scorers.ts', import.meta.url));

/** A code scorer of the fixture file. */
export const codeScorer = (
  exported: string,
  value: ValueType,
  timeoutMs = 5_000,
): LoadedScorer => ({
  definition: { kind: 'code', name: exported, fingerprint: hashJson([exported, value]), value },
  file: FILE,
  exported,
  timeoutMs,
  options: null,
});

export type Served = {
  readonly base: string;
  readonly seen: {
    requests: number;
    under: number;
    most: number;
    /** Answers wait until so many have been asked for at once (or 10 s): what is asked together is seen together on a slow machine too. */
    meet: number;
    readonly bodies: string[];
  };
  close(): void;
};

/** The practice model behind a proxy that counts what is asked, and how much at once. */
export async function startPractice(): Promise<Served> {
  const seen = { requests: 0, under: 0, most: 0, meet: 0, bodies: [] as string[] };
  const practice = createPracticeServer({
    log: ({ body }) => {
      seen.requests += 1;
      seen.bodies.push(body);
    },
  });
  const server = createServer((request, response) => {
    seen.under += 1;
    seen.most = Math.max(seen.most, seen.under);
    response.on('close', () => (seen.under -= 1));
    void met().finally(() => practice.emit('request', request, response));
  });
  async function met(): Promise<void> {
    const end = performance.now() + 10_000;
    while (seen.most < seen.meet && performance.now() < end) await sleep(5);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    base: `http://127.0.0.1:${port}/v1`,
    seen,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

export type ScoredWorld = {
  readonly db: Db;
  readonly project: string;
  readonly rows: readonly (Example & { readonly trace?: Trace })[];
  readonly scorers: readonly ScorerDefinition[];
  readonly code?: readonly LoadedScorer[];
  /** What a judge has learned, by its name. */
  readonly memories?: Readonly<Record<string, JudgeMemory>>;
  readonly base: string;
  /** With a ledger of its own; default a fresh one at `base`. */
  readonly model?: Model;
  /** That the run began with; default none, so those of the worker. */
  readonly models?: Readonly<Record<string, string>>;
  /** What the worker has loaded by the time it scores; default `code`. */
  readonly loaded?: readonly LoadedScorer[];
};

const NAME = 'evaluate/scored';

/** Records the rows as a run, assesses it with every scorer, and answers what is stored by scorer. */
export async function assessAll(world: ScoredWorld) {
  const { db, project, rows, code = [] } = world;
  const { version } = await importRows(
    db,
    rows.map(({ trace: _trace, ...row }) => row),
    { project },
  );
  const ids: string[] = [];
  const memoryOf = ({ name }: ScorerDefinition) => world.memories?.[name] ?? null;
  for (const definition of [...world.scorers, ...code.map((at) => at.definition)])
    ids.push(
      (await createScorerVersion(db, { project, definition, memory: memoryOf(definition) })).version
        .id,
    );
  const at = { project, run: NAME };
  await runs.createRun(db, {
    alone: { project, datasetVersion: version.id, spec: { agent: 'recorded', models: {} } },
    name: NAME,
    kind: 'evaluate',
    scorers: ids,
    agent: 'recorded',
    agentFingerprint: 'recorded',
    models: world.models ?? {},
  });
  await runs.addArmOfHashes(db, { ...at, arm: 'recorded', prompts: {} });
  const traces = rows.flatMap(({ trace }) => trace ?? []);
  await saveTraces(db, { ...at, traces });
  const cells = rows.map((row) => ({
    arm: 'recorded',
    example: row.id,
    trial: 0,
    recorded: { outputs: row.outputs!, traceId: row.trace?.id ?? null },
  }));
  await runs.planRollouts(db, { ...at, cells });
  const deps = depsOf(world);
  const work = { ...at, from: 0, to: rows.length };
  const { signal } = new AbortController();
  try {
    const judged = await judgeRollouts(deps, work, signal);
    const coded = await scoreRollouts(deps, work, signal);
    const entries = ids.map(
      async (id) => [id.split('@')[0]!, await runs.loadResults(db, { ...at, scorer: id })] as const,
    );
    return { judged, coded, found: Object.fromEntries(await Promise.all(entries)) };
  } finally {
    deps.host.close();
    deps.scorerHost.close();
  }
}

function depsOf({ db, base, code = [], loaded = code, ...own }: ScoredWorld): AgentDeps {
  const model = own.model ?? modelAt(base);
  const ports = {
    complete: (...call: Parameters<typeof model.complete>) => model.complete(...call),
    now: Date.now,
    infrastructure: isInfrastructure,
    fatal: endsTheRun,
    interrupted: isInterruption,
  };
  const options = { env: { PATH: process.env['PATH'] }, hangMs: 2_000 };
  return {
    ...depsOver(db, { model }),
    agents: {},
    scorers: Object.fromEntries(loaded.map((scorer) => [scorer.definition.name, scorer])),
    host: createAgentHost(ports, options),
    scorerHost: createScorerHost(ports, options),
  };
}
