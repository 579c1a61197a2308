import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canary } from '../../activities/cycle/canary.ts';
import type { AgentDeps } from '../../activities/deps.ts';
import { UnfitSpecError } from '../../activities/unfit.ts';
import type { AgentCall, AgentResult } from '../../agents/result.ts';
import type { LoadedAgent } from '../../agents/load.ts';
import type { Db } from '../../db/connect.ts';
import type { ReceivedSpan } from '../../contracts/trace.ts';
import { agentDeclaration } from '../../agents/declare.ts';
import { hashText } from '../../contracts/hash.ts';
import { importSpans } from '../../db/traces/traces.ts';
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

const service: LoadedAgent = {
  record: { ...agent.record, kind: 'http' },
  declaration: agentDeclaration.parse({
    kind: 'http',
    url: 'http://127.0.0.1:1/',
    prompts: ['router'],
  }),
  file: null,
};

/** A service that makes model calls of its own, which nobody here sees. */
function serviceDeps(
  db: Db,
  answer: (call: AgentCall) => Promise<Partial<AgentResult>> | Partial<AgentResult>,
): { readonly deps: AgentDeps; readonly asked: () => number } {
  let asked = 0;
  const deps = depsWith(db, () => '');
  return {
    asked: () => asked,
    deps: {
      ...deps,
      agents: { router: service },
      host: {
        ...deps.host,
        async run(call) {
          asked += 1;
          const trace = {
            id: call.traceId,
            status: 'OK',
            inputs: {},
            outputs: {},
            spans: [],
          } as const;
          const none = { error: null, exported: null, latencyMs: 1, price: 0 };
          return { status: 'ok', outputs: {}, trace, ...none, ...(await answer(call)) };
        },
      },
    },
  };
}

const textIn = (call: AgentCall): string => call.prompts['router']!;

test('a service that names the text it used by its hash passes with one call; one that used another is told which', async () => {
  const { db } = await openDatabase();
  const ref = await startCycle(db);
  const right = serviceDeps(db, (call) => ({ promptsUsed: { router: hashText(textIn(call)) } }));
  await canary(right.deps, ref);
  assert.equal(right.asked(), 1);
  const copy = serviceDeps(db, () => ({ promptsUsed: { router: hashText('an old copy') } }));
  await assert.rejects(canary(copy.deps, ref), /keep no copy/);
});

test('a service whose own spans of model calls come for the trace passes', async () => {
  const { db } = await openDatabase();
  const ref = await startCycle(db);
  const { deps } = serviceDeps(db, async (call) => {
    const span: ReceivedSpan = {
      id: '00f067aa0ba902b7',
      trace: call.traceId,
      parent: null,
      session: null,
      name: 'chat',
      kind: 'model',
      start: 0,
      end: 1,
      status: 'OK',
      message: null,
      inputs: [{ role: 'system', content: textIn(call) }],
      outputs: 'ok',
      usage: null,
      attributes: {},
      origin: { name: 'chat', resource: {}, scope: 'openai', events: [], links: [], remarks: [] },
    };
    await importSpans(db, { project: ref.project, spans: [span] });
    return {};
  });
  await canary(deps, ref);
});

test('a service that says nothing passes where texts that ask for another word get it', async () => {
  const { db } = await openDatabase();
  const ref = await startCycle(db);
  const { deps, asked } = serviceDeps(db, (call) => {
    const word = /one word and nothing else: (\w+)/.exec(textIn(call))?.[1];
    return { outputs: { route: word ?? 'billing' } };
  });
  await canary(deps, ref);
  assert.equal(asked(), 3);
});

test('a service that maps whatever it does not know to a default passes where its answers differ beyond chance', async () => {
  const { db } = await openDatabase();
  const ref = await startCycle(db);
  const { deps } = serviceDeps(db, (call) => ({
    outputs: { route: textIn(call).startsWith('Whatever') ? 'general' : 'billing' },
  }));
  await canary(deps, ref);
});

test('a service that draws its answers and uses no prompt is refused, with what was tried and what to do', async () => {
  const { db } = await openDatabase();
  const ref = await startCycle(db);
  let n = 0;
  const { deps } = serviceDeps(db, () => ({ outputs: { route: `answer ${(n += 1) % 3}` } }));
  await assert.rejects(canary(deps, ref), (error) => {
    assert.ok(error instanceof UnfitSpecError);
    assert.match(error.message, /\(\d+ draws\) differ by no more than chance explains/);
    assert.match(error.message, /as `prompts\.router`/);
    assert.match(error.message, /"prompts_used": \{"router"/);
    return true;
  });
});

test('a service that is away is refused with its reason', async () => {
  const { db } = await openDatabase();
  const ref = await startCycle(db);
  const { deps, asked } = serviceDeps(db, () => ({
    status: 'missing',
    outputs: null,
    error: { kind: 'infrastructure', message: 'the agent at http://x/ cannot be reached: refused' },
  }));
  await assert.rejects(canary(deps, ref), /cannot be reached: refused/);
  assert.equal(asked(), 1);
});
