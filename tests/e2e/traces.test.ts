import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { EvaluationResults } from '../../client/evaluate/results.ts';
import { readEnvironment } from '../../client/environment.ts';
import { reachable } from '../../client/running/reach.ts';
import type { StoredTrace, TraceSummary } from '../../contracts/trace.ts';
import { freePort } from '../../stack/ports.ts';
import { attune, attuneHere } from '../client/cli.ts';
import { startTestStack, type TestStack } from './stack.ts';
import { startVerdictServer } from './verdict-server.ts';

const ROWS = 12;
const CLONE = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'attune-traced-'));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const JUDGE = file(
  'kind.yaml',
  'name: kind\ninstructions: Is {{outputs}} kind, given {{inputs}}?\nvalue: {type: boolean}\n',
);
const rows = Array.from({ length: ROWS }, (_, n) =>
  JSON.stringify({
    id: `row-${n}`,
    inputs: { message: `message ${n} ${'abcdefghij'[n % 10]!.repeat(20 + n)}` },
    tags: { part: n < 2 ? 'sealed' : 'train' },
  }),
);

let stack: TestStack;
let server: Awaited<ReturnType<typeof startVerdictServer>>;
let service: ChildProcess;

const json = async <T>(...args: readonly string[]): Promise<T> => {
  const { code, out, err } = await attuneHere([...args, '--json'], { ATTUNE_DATA: stack.dataDir });
  assert.equal(code, 0, err);
  return JSON.parse(out) as T;
};
const refused = (...args: readonly string[]) => attuneHere(args, { ATTUNE_DATA: stack.dataDir });
const requests = async <T>(work: () => Promise<T>): Promise<readonly [T, number]> => {
  const begun = server.seen.requests;
  const done = await work();
  return [done, server.seen.requests - begun];
};

before(async () => {
  server = await startVerdictServer();
  const port = await freePort();
  const config = `export default { agents: {
    service: { kind: 'http', url: 'http://127.0.0.1:${port}', prompts: ['answer'], timeout: '20s' },
    module: { kind: 'module', path: '${join(CLONE, 'tests/e2e/fixtures/traced-agent.ts')}', prompts: ['answer'] },
  } };`;
  stack = await startTestStack({
    env: {
      ATTUNE_MODEL: 'judge-model',
      OPENAI_BASE_URL: server.base,
      ATTUNE_CONFIG: file('attune.config.mjs', config),
    },
  });
  const { ATTUNE_SERVER, ATTUNE_TOKEN } = reachable(
    readEnvironment({ ATTUNE_DATA: stack.dataDir }),
  );
  service = spawn(process.execPath, ['tests/e2e/fixtures/service.ts'], {
    cwd: CLONE,
    env: {
      PATH: process.env['PATH'],
      PORT: String(port),
      OPENAI_BASE_URL: server.base,
      ATTUNE_SERVER,
      ATTUNE_TOKEN,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(service.stdout!, 'data');
  await json('prompt', 'register', 'answer', file('answer.md', 'bad: 3 4 .'));
  await json('dataset', 'import', 'rows', file('rows.jsonl', rows.join('\n')), '--pin', 'part');
});
beforeEach(() => {
  const calm = { poison: null, status: () => null, latencyMs: 0, held: null };
  Object.assign(server.trouble, calm);
});
after(async () => {
  service?.kill();
  server.close();
  await stack?.close();
  rmSync(folder, { recursive: true, force: true });
});

const evaluated = (agent: string, name: string) =>
  json<EvaluationResults>(
    'evaluate',
    '--dataset',
    'rows',
    '--agent',
    agent,
    '--prompt',
    'answer@1',
    '--judge',
    JUDGE,
    '--name',
    name,
  );
const tracesFor = async (filter: string) =>
  (await json<{ readonly traces: readonly TraceSummary[] }>('trace', 'search', filter)).traces;
const tracesOf = (name: string) => tracesFor(`run = evaluate/${name}`);
const shown = (id: string) => json<StoredTrace>('trace', 'show', id);

test('spans that an http agent exports over OTLP are in the trace of its rollout, below its root', async () => {
  const results = await evaluated('service', 'served');
  assert.equal(results.scorers['kind']!.n, ROWS - 2);
  const traces = await tracesOf('served');
  assert.equal(traces.length, ROWS - 2);
  for (const { id } of traces) {
    let trace = await shown(id);
    for (let tries = 0; trace.spans.length < 3 && tries < 100; tries += 1) {
      await sleep(50);
      trace = await shown(id);
    }
    const [root, ...received] = trace.spans;
    assert.deepEqual([root?.kind, root?.name], ['agent', 'service']);
    const handle = received.find(({ name }) => name === 'handle');
    const model = received.find(({ kind }) => kind === 'model');
    assert.deepEqual([handle?.parent, model?.parent], [root?.id, handle?.id]);
    assert.deepEqual([trace.inputTokens, trace.outputTokens], [10, 5]);
    assert.match(JSON.stringify(model?.inputs), /bad: 3 4/);
  }
});

test('spans of an instrumentation in a module agent are in the trace of its rollout', async () => {
  await evaluated('module', 'inside');
  const traces = await tracesOf('inside');
  assert.equal(traces.length, ROWS - 2);
  for (const { id } of traces) {
    const { spans, inputs, inputTokens } = await shown(id);
    const { message } = inputs as { message: string };
    assert.deepEqual(
      spans.map(({ kind, name }) => [kind, name]),
      [
        ['agent', 'module'],
        ['tool', 'look up'],
        ['model', 'OpenAI Chat Completions'],
      ],
    );
    assert.ok(JSON.stringify(spans[2]!.inputs).includes(message), 'of its own message');
    assert.equal(spans[2]!.parent, spans[0]!.id);
    assert.equal(inputTokens, 10);
  }
});

const CHOSEN = ['evaluate', '--traces', 'run = evaluate/served', '--judge', JUDGE];

test('traces are judged without an agent, each verdict beside its trace, and paid for once', async () => {
  const [results, asked] = await requests(() =>
    json<EvaluationResults>(...CHOSEN, '--name', 'again'),
  );
  const { mean, n, failed } = results.scorers['kind']!;
  assert.deepEqual([mean, n, failed], [(ROWS - 4) / (ROWS - 2), ROWS - 2, 0]);
  assert.equal(asked, ROWS - 2);
  const found = await tracesFor('judge.kind = no and run = evaluate/served');
  assert.equal(found.length, 2);
  assert.equal((await requests(() => json(...CHOSEN, '--name', 'again')))[1], 0);
  assert.equal((await requests(() => json('evaluate', '--name', 'again')))[1], 0);
});

const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });

test('traces of sealed conversations are left out, and those whose agent failed count with the lowest score', async () => {
  const root = (n: number, more: object) => ({
    traceId: String(n).repeat(32),
    spanId: 'a'.repeat(16),
    name: 'shop',
    startTimeUnixNano: `${1_700_000_000_000 + n}000000`,
    endTimeUnixNano: `${1_700_000_000_100 + n}000000`,
    attributes: [
      attribute('input.value', JSON.stringify({ message: `of the shop ${n} ${'xyz'.repeat(n)}` })),
      attribute('output.value', JSON.stringify({ answer: 'good' })),
    ],
    ...more,
  });
  const sealed = JSON.parse(rows[0]!) as { inputs: object };
  const spans = [
    root(1, {}),
    root(2, { status: { code: 2, message: 'out of stock' }, attributes: [] }),
    root(3, { attributes: [attribute('input.value', 'no answer yet')] }),
    root(4, {
      attributes: [
        attribute('input.value', JSON.stringify(sealed.inputs)),
        attribute('input.mime_type', 'application/json'),
        attribute('output.value', '{"answer":"good"}'),
      ],
    }),
  ];
  const otlp = { resourceSpans: [{ scopeSpans: [{ scope: { name: 'shop' }, spans }] }] };
  await json('trace', 'import', file('shop.json', JSON.stringify(otlp)));
  const args = ['evaluate', '--traces', 'name = shop', '--judge', JUDGE, '--name', 'shop'];
  const ran = await attuneHere(args, { ATTUNE_DATA: stack.dataDir });
  assert.equal(ran.code, 0, ran.err);
  assert.match(ran.err, /1 trace without outputs left out/);
  assert.match(ran.err, /1 trace of sealed conversations left out/);
  const { scorers } = await json<EvaluationResults>('evaluate', '--name', 'shop');
  const { mean, n, failed } = scorers['kind']!;
  assert.deepEqual([mean, n, failed], [0.5, 2, 1]);
  const { parts } = await json<{ parts: Record<string, { retired: number }> }>(
    'dataset',
    'split',
    'rows',
  );
  assert.equal(parts['sealed']!.retired, 0, 'the sealed row serves its gates still');
});

test('after Ctrl-C the same command goes on where it was, with the traces it chose then; --retry-errors asks for what failed alone', async () => {
  // No verdict comes while the person looks: the evaluation is under way until they have left.
  const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
  Object.assign(server.trouble, { latencyMs: 400, held: gone, poison: 'message 7 ' });
  const earlier = new Map(server.seen.answered);
  const second = file(
    'second.yaml',
    'name: second\ninstructions: Is {{outputs}} a reply to {{inputs}}?\nvalue: {type: boolean}\n',
  );
  const args = ['evaluate', '--traces', 'run ~ evaluate/', '--judge', second, '--name', 'left'];
  const left = await attune(args, {
    env: { ATTUNE_DATA: stack.dataDir },
    interruptWhen: (err) => err.includes('verdicts'),
  });
  leave();
  assert.equal(left.code, 6, left.err);
  stack.kill('worker');
  await evaluated('module', 'later');
  const results = await json<EvaluationResults>(...args);
  const { n, missing } = results.scorers['second']!;
  assert.deepEqual([n, missing], [2 * (ROWS - 2) - 2, 2], 'not the traces that came later');
  const fresh = [...server.seen.answered].filter(([key]) => !earlier.has(key));
  assert.ok(
    fresh.every(([, times]) => times <= 2),
    'asked for again is what was under way when the worker was killed, once',
  );
  assert.equal((await requests(() => json(...args)))[1], 0);
  server.trouble.poison = null;
  const [mended, asked] = await requests(() =>
    json<EvaluationResults>('evaluate', '--name', 'left', '--retry-errors'),
  );
  assert.deepEqual([mended.scorers['second']!.n, mended.scorers['second']!.missing], [20, 0]);
  assert.ok(asked <= 2, `${asked} asked for the two that had failed`);
});

test('what does not go together, or finds nothing, is refused with 2', async () => {
  const judge = ['--judge', JUDGE];
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['--traces', 'name = nobody', ...judge], /--traces: finds no trace; try it with/],
    [['--traces', 'name = shop and output_tokens', ...judge], /an operator is missing/],
    [['--traces', 'name = shop'], /--judge: name at least one judge/],
    [['--traces', 'name = shop', '--agent', 'service', ...judge], /--agent: does not go with/],
    [['--traces', 'name = shop', '--limit', '2', ...judge], /more than 2 traces; narrow it/],
    [['--traces', 'name = other', '--name', 'shop', ...judge], /traces of `name = shop` already/],
    [[...judge], /--dataset: is needed, or --traces/],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await refused('evaluate', ...args);
    assert.match(err, message);
    assert.equal(code, 2, err);
  }
});
