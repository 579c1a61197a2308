import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canary } from '../../activities/cycle/canary.ts';
import type { AgentDeps } from '../../activities/deps.ts';
import { UnfitSpecError } from '../../activities/unfit.ts';
import type { AgentCall, AgentResult } from '../../agents/result.ts';
import type { LoadedAgent } from '../../agents/load.ts';
import type { Db } from '../../db/connect.ts';
import { openDatabase } from '../db/database.ts';
import { startCycle } from '../db/fixture.ts';
import { depsOver } from './deps.ts';

const agent: LoadedAgent = {
  record: {
    name: 'router',
    kind: 'module',
    fingerprint: 'f1',
    prompts: ['router'],
    deterministic: false,
    timeoutMs: 1_000,
  },
  declaration: { kind: 'prompt', prompt: 'router', timeout: '1s', deterministic: false },
  file: null,
};

/** An agent that sends `sent(call)` to the model. */
const depsWith = (db: Db, sent: (call: AgentCall) => string): AgentDeps => ({
  ...depsOver(db),
  agents: { router: agent },
  host: {
    async run(call): Promise<AgentResult> {
      const span = {
        id: 'm1',
        parent: null,
        name: 'chat',
        kind: 'model',
        start: 0,
        end: 1,
        status: 'OK',
        message: null,
        inputs: [{ role: 'system', content: sent(call) }],
        outputs: 'ok',
        usage: null,
        attributes: {},
      } as const;
      const trace = { id: 't', status: 'OK', inputs: {}, outputs: {}, spans: [span] } as const;
      return {
        status: 'ok',
        outputs: {},
        error: null,
        trace,
        exported: null,
        latencyMs: 1,
        price: 0,
      };
    },
    close: () => undefined,
  },
  scorers: {},
  scorerHost: {
    prepare: () => assert.fail('not asked'),
    score: () => assert.fail('not asked'),
    close: () => undefined,
  },
});

test('an agent that sends its prompt to the model passes the canary', async () => {
  const { db } = await openDatabase();
  const ref = await startCycle(db);
  await canary(
    depsWith(db, (call) => call.prompts['router']!),
    ref,
  );
});

test('an agent that has its prompt built in is refused, since candidates would change nothing', async () => {
  const { db } = await openDatabase();
  const ref = await startCycle(db);
  const refused = canary(
    depsWith(db, () => 'You route messages.'),
    ref,
  );
  await assert.rejects(refused, (error) => {
    assert.ok(error instanceof UnfitSpecError);
    assert.match(error.message, /prompt `router`: a marker put into it did not show/);
    return true;
  });
});

test('the canary runs on a row of the tuned parts', async () => {
  const { db } = await openDatabase();
  const ref = await startCycle(db);
  const shown: unknown[] = [];
  const deps = depsWith(db, (call) => {
    shown.push(call.inputs);
    return call.prompts['router']!;
  });
  await canary(deps, ref);
  assert.deepEqual(shown, [{ message: 'message of align-labels-1' }]);
});
