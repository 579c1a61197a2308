import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type LoadedConfig, loadConfig } from '../../agents/load.ts';
import type { Complete } from '../../agents/result.ts';
import { createScorerHost } from '../../agents/scorer-host.ts';
import type { CompletionRequest } from '../../contracts/model.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-autoevals-'));
const asked: CompletionRequest[] = [];

/** Chooses C of the choices that autoevals offers as a tool. */
const complete: Complete = (request) => {
  asked.push(request);
  const call = {
    id: 'c1',
    type: 'function',
    function: { name: 'select_choice', arguments: '{"reasons":"the same facts","choice":"C"}' },
  };
  return Promise.resolve({
    text: '',
    toolCalls: [call],
    finishReason: 'tool_calls',
    usage: { inputTokens: 1, cachedTokens: 0, outputTokens: 1 },
    price: 0,
    latencyMs: 1,
    fromLedger: false,
  });
};
const host = createScorerHost(
  {
    complete,
    now: Date.now,
    infrastructure: () => false,
    fatal: () => false,
    interrupted: () => false,
  },
  { env: { PATH: process.env['PATH'] }, hangMs: 5_000 },
);
let config: LoadedConfig;

const write = (name: string, value: object): string => {
  const path = join(folder, name);
  writeFileSync(path, `export default ${JSON.stringify(value)};`);
  return path;
};

const PATHS = {
  input: 'inputs.question',
  output: 'outputs.answer',
  expected: 'expectations.answer',
};

before(async () => {
  symlinkSync(join(import.meta.dirname, '../../node_modules'), join(folder, 'node_modules'));
  const judge = { instructions: 'Is {{outputs}} kind?', value: { type: 'boolean' } };
  config = await loadConfig(
    write('attune.config.mjs', {
      scorers: {
        near: { autoevals: 'Levenshtein', ...PATHS },
        factual: { autoevals: 'Factuality', ...PATHS },
        unknown: { autoevals: 'Nonsense' },
      },
      judges: { kind: judge },
    }),
  );
});
after(() => {
  host.close();
  rmSync(folder, { recursive: true, force: true });
});

const score = (name: string, answer: string, expected: string) =>
  host.score({
    scorer: config.scorers[name]!,
    subject: {
      id: 'e1',
      inputs: { question: 'Who wrote Faust?' },
      outputs: { answer },
      expectations: { answer: expected },
      tags: {},
      trace: null,
      trial: 0,
    },
    traceId: 't',
    model: 'the-judge',
    context: (n) => ({ purpose: 'judge', draw: `d|${n}`, project: 'p', cycle: null }),
    judge: () => assert.fail('not asked'),
  });

test('a scorer of autoevals that needs no model gives its own value', async () => {
  assert.deepEqual(await score('near', 'kitten', 'sitting'), { returned: { value: 1 - 3 / 7 } });
});

test('one that asks a model is answered through the ledger, by the model of the role judge, with its tool insisted on', async () => {
  const found = await score('factual', 'Goethe', 'Johann Wolfgang von Goethe');
  assert.deepEqual(found, { returned: { value: 1, rationale: 'the same facts' } });
  const [request] = asked;
  assert.equal(request!.model, 'the-judge');
  assert.match(request!.messages[0]!.content, /Who wrote Faust\?/);
  assert.deepEqual(request!.toolChoice, { type: 'function', function: { name: 'select_choice' } });
});

test('a name that autoevals does not know is an error with the names it does', async () => {
  const found = await score('unknown', 'a', 'b');
  assert.ok(
    'error' in found && /no scorer `Nonsense`; it has .*Factuality/.test(found.error.message),
  );
});

test('without the package the config is refused with the remedy', async () => {
  const bare = mkdtempSync(join(tmpdir(), 'attune-bare-'));
  try {
    const path = join(bare, 'attune.config.mjs');
    writeFileSync(path, "export default { scorers: { a: { autoevals: 'Levenshtein' } } };");
    await assert.rejects(loadConfig(path), /not installed; run: npm install autoevals/);
  } finally {
    rmSync(bare, { recursive: true, force: true });
  }
});

test('judges of the config are definitions like those of a file, and a fault names its place', async () => {
  assert.deepEqual(config.judges, [
    {
      name: 'kind',
      instructions: 'Is {{outputs}} kind?',
      value: { type: 'boolean', pass: true },
      notApplicable: false,
      parameters: {},
    },
  ]);
  const path = write('bad.config.mjs', { judges: { kind: { value: { type: 'boolean' } } } });
  await assert.rejects(loadConfig(path), /judges\.kind\.instructions/);
});
