import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CancelledFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { AgentDeps } from '../../activities/deps.ts';
import { createAgentActivities } from '../../activities/evaluate/rollouts.ts';
import { endsTheRun, isInfrastructure, isInterruption } from '../../activities/model-faults.ts';
import { createAgentHost } from '../../agents/host.ts';
import type { LoadedAgent } from '../../agents/load.ts';
import { createScorerHost } from '../../agents/scorer-host.ts';
import type { CallContext, Completion, Model } from '../../contracts/model.ts';
import type { Db } from '../../db/connect.ts';
import { createDrive } from '../../db/drives/drives.ts';
import { addTurn, getTurn } from '../../db/drives/turns.ts';
import * as runs from '../../db/runs/runs.ts';
import { registerAgents } from '../../db/versions/agents.ts';
import { registerPrompt } from '../../db/versions/prompts.ts';
import { createScorerVersion } from '../../db/versions/scorers.ts';
import { openDatabase } from '../db/database.ts';
import { example, importRows, PROJECT } from '../db/fixture.ts';
import { depsOver } from './deps.ts';
import { codeScorer } from './scorers/world.ts';

const AGENTS = fileURLToPath(new URL('../agents/fixtures/agents.ts', import.meta.url));
const usage = { inputTokens: 1, cachedTokens: 0, outputTokens: 1 };
const completion: Completion = {
  text: 'an answer',
  usage,
  toolCalls: [],
  finishReason: 'stop',
  latencyMs: 1,
  price: 0,
  fromLedger: false,
};

/** While it is away calls wait for their signal; `asked` tells that one does. */
const model = { away: true, asked: Promise.withResolvers<void>() };
async function answerTo({ signal }: CallContext): Promise<Completion> {
  signal!.throwIfAborted();
  if (!model.away) return completion;
  const left = Promise.withResolvers<never>();
  signal!.addEventListener('abort', () => left.reject(signal!.reason as Error), { once: true });
  model.asked.resolve();
  return left.promise;
}
const fake: Model = {
  complete: (_, context) => answerTo(context),
  structured: async (_, context, read) => ({
    value: read({ rationale: 'it is', value: true }),
    completion: await answerTo(context),
    attempts: 1,
  }),
  embed: () => assert.fail('nothing is embedded'),
};
const ports = {
  complete: (_: unknown, context: CallContext) => answerTo(context),
  now: Date.now,
  infrastructure: isInfrastructure,
  fatal: endsTheRun,
  interrupted: isInterruption,
};
const options = { env: { PATH: process.env['PATH'] }, hangMs: 2_000 };
const forgiving: LoadedAgent = {
  record: {
    name: 'forgiving',
    kind: 'module',
    fingerprint: 'f',
    prompts: ['router'],
    deterministic: false,
    timeoutMs: 5_000,
  },
  declaration: {
    kind: 'module',
    path: AGENTS,
    export: 'forgiving',
    prompts: ['router'],
    deterministic: false,
    timeout: '5s',
  },
  file: AGENTS,
};
const asking = codeScorer('asking', { type: 'number', min: 0, max: 1 });

let db: Db;
let deps: AgentDeps;
before(async () => {
  ({ db } = await openDatabase());
  deps = {
    ...depsOver(db, { model: fake }),
    agents: { forgiving },
    scorers: { asking },
    host: createAgentHost(ports, options),
    scorerHost: createScorerHost(ports, options),
  };
});
after(() => {
  deps.host.close();
  deps.scorerHost.close();
});

/** Cancels the work while it waits for the model, checks what that left, and lets the next attempt find the model there. */
async function twice(
  work: () => Promise<unknown>,
  untouched: () => Promise<void>,
): Promise<unknown> {
  Object.assign(model, { away: true, asked: Promise.withResolvers<void>() });
  const environment = new MockActivityEnvironment();
  const first = environment.run(work);
  const ended = assert.rejects(first, (error) => error instanceof CancelledFailure);
  await model.asked.promise;
  environment.cancel('NOT_FOUND');
  await ended;
  await untouched();
  model.away = false;
  return new MockActivityEnvironment().run(work);
}

test('code scorers that were cancelled while they asked a judge leave no assessment, and the next attempt makes all', async () => {
  const rows = [1, 2, 3].map((n) => example(`row-${n}`, { outputs: { route: 'x' } }));
  const { version } = await importRows(db, rows, { project: 'scored' });
  const { definition } = asking;
  const made = await createScorerVersion(db, { project: 'scored', definition, memory: null });
  const at = { project: 'scored', run: 'evaluate/scored' };
  await runs.createRun(db, {
    alone: {
      project: at.project,
      datasetVersion: version.id,
      spec: { agent: 'recorded', models: {} },
    },
    name: at.run,
    kind: 'evaluate',
    scorers: [made.version.id],
    agent: 'recorded',
    agentFingerprint: 'recorded',
    models: {},
  });
  await runs.addArmOfHashes(db, { ...at, arm: 'recorded', prompts: {} });
  const cells = rows.map(({ id, outputs }) => ({
    arm: 'recorded',
    example: id,
    trial: 0,
    recorded: { outputs: outputs!, traceId: null },
  }));
  await runs.planRollouts(db, { ...at, cells });
  const stored = async () =>
    (await db.selectFrom('assessment').select(['error', 'score']).execute()).map(
      ({ error, score }) => ({ error, score }),
    );
  const { scoreRollouts } = createAgentActivities(deps);
  await twice(
    () => scoreRollouts({ ...at, from: 0, to: 3 }),
    async () => assert.deepEqual(await stored(), []),
  );
  assert.deepEqual(
    await stored(),
    rows.map(() => ({ error: null, score: 1 })),
  );
});

test('a turn of a drive that was cancelled stays open, though its agent made an answer of the abort', async () => {
  await registerAgents(db, PROJECT, [forgiving.record]);
  await registerPrompt(db, { project: PROJECT, name: 'router', text: 'Route {{message}}.' });
  await createDrive(db, {
    project: PROJECT,
    id: 'd1',
    agent: 'forgiving',
    prompts: { router: '1' },
    asking: { field: 'message', before: null, more: {} },
    who: 'ada',
  });
  const turn = await addTurn(db, { project: PROJECT, drive: 'd1' }, () => ({
    message: 'hello',
    inputs: { message: 'hello' },
    versions: { router: 1 },
    traceId: '1'.repeat(32),
  }));
  const at = { project: PROJECT, drive: 'd1', turn: turn.turn };
  const { driveTurn } = createAgentActivities(deps);
  await twice(
    () => driveTurn(at),
    async () => assert.equal((await getTurn(db, at)).status, 'pending'),
  );
  const { status, outputs } = await getTurn(db, at);
  assert.deepEqual([status, outputs], ['ok', { answer: 'an answer' }]);
});
