import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { EvaluationResults } from '../../client/evaluate/results.ts';
import { CLONE } from '../../stack/layout.ts';
import { attuneHere } from '../client/cli.ts';
import { runCycle } from './cycle.ts';
import { crashSpec } from './spec.ts';
import { startTestStack, type TestStack } from './stack.ts';

const LONG = process.env['ATTUNE_LONG'] === '1';
const folder = mkdtempSync(join(tmpdir(), 'attune-scorers-'));
let stack: TestStack;

const config = {
  agents: {
    'telecom-router': {
      kind: 'module',
      path: join(CLONE, 'examples/telecom/agent.ts'),
      prompts: ['router'],
    },
  },
  scorers: {
    'known-route': {
      path: join(CLONE, 'tests/e2e/fixtures/known-route.ts'),
      value: { type: 'boolean' },
    },
  },
};
const polite = { kind: 'guidelines', name: 'polite', guidelines: ['The route is one word.'] };
const calls = { kind: 'spans', name: 'calls', measure: 'count', of: 'model', score: { most: 1 } };
const write = (name: string, value: unknown): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value));
  return path;
};

before(async () => {
  const path = write('attune.config.mjs', `export default ${JSON.stringify(config)};`);
  stack = await startTestStack({ env: { ATTUNE_CONFIG: path } });
});
after(async () => {
  await stack.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The first import of a project draws its split, which every later one keeps. */
const SALT = 'crash-2';

const attune = (...args: readonly string[]) =>
  attuneHere(args, { ATTUNE_DATA: stack.dataDir, ATTUNE_SPLIT_SALT: SALT });

test('attune evaluate takes a code scorer, a built-in judge, guidelines and spans beside each other, and gates on any', async () => {
  const rows = Array.from({ length: 6 }, (_, n) =>
    JSON.stringify({
      id: `row-${n}`,
      inputs: { message: `bill ${n}` },
      outputs: { route: n === 0 ? 'nowhere' : 'billing' },
      tags: { part: 'train' },
    }),
  ).join('\n');
  const imported = await attune(
    'dataset',
    'import',
    'small',
    write('rows.jsonl', rows),
    '--pin',
    'part',
  );
  assert.equal(imported.code, 0, imported.err);
  const scorers = ['known-route', 'safety', write('polite.json', polite)];
  const ran = await attune(
    'evaluate',
    '--dataset',
    'small',
    '--name',
    'small',
    '--json',
    '--gate',
    write('gates.yaml', '- known-route = 1.0\n- safety >= 0\n'),
    ...scorers.flatMap((scorer) => ['--scorer', scorer]),
  );
  assert.equal(ran.code, 3, ran.err);
  const { scorers: found, gates } = JSON.parse(ran.out) as EvaluationResults;
  assert.deepEqual(Object.keys(found), ['known-route', 'safety', 'polite']);
  assert.equal(found['known-route']!.mean, 5 / 6);
  assert.ok(
    Object.values(found).every(
      ({ n, notApplicable, missing }) => n + notApplicable === 6 && missing === 0,
    ),
  );
  assert.deepEqual(
    gates.map(({ state }) => state),
    ['fail', 'pass'],
  );
  const unknown = await attune('evaluate', '--dataset', 'small', '--scorer', 'nobody');
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /no scorer is named `nobody`/);
  assert.match(unknown.err, /known-route.*Built in: relevance-to-query, correctness/s);
});

test('a spec that names a scorer it does not have is refused with place and list', async () => {
  const spec = crashSpec(folder, {
    scorers: ['known-route', calls],
    gates: [{ scorer: 'tone', min: 1 }],
    gate: { guardrails: [{ metric: 'kindness', direction: 'higher', margin: 0.1 }] },
  });
  const ran = await attune('cycle', 'start', spec.path);
  assert.equal(ran.code, 2);
  assert.match(
    ran.err,
    /gates\.0\.scorer: no scorer is named `tone`; the scorers of this spec are routing, known-route, calls/,
  );
  assert.match(ran.err, /gate\.guardrails\.0\.metric: no scorer is named `kindness`/);
});

test(
  'every run of a cycle is assessed by every scorer of its spec; any may be an objective, a guardrail or a gate',
  { skip: LONG ? false : 'set ATTUNE_LONG=1', timeout: 400_000 },
  async () => {
    const spec = crashSpec(folder, {
      scorers: ['known-route', polite, calls],
      gates: [{ scorer: 'known-route', min: 0.9 }],
      optimize: { seed: 7, budget: 200, objectives: ['known-route', 'calls'] },
      gate: {
        guardrails: [{ metric: 'calls', direction: 'higher', margin: 0.1 }],
      },
    });
    const { cli, report, name } = await runCycle({
      stack,
      spec,
      salt: SALT,
      withinMs: 380_000,
    });
    const db = await cli.connections.database();
    const counts = await db
      .selectFrom('assessment as a')
      .innerJoin('rollout as o', (join_) =>
        join_
          .onRef('o.run', '=', 'a.run')
          .onRef('o.ordinal', '=', 'a.ordinal')
          .onRef('o.project', '=', 'a.project'),
      )
      .select(['a.run', 'a.name'])
      .select((eb) => eb.fn.countAll<string>().as('n'))
      .where('a.project', '=', name.project)
      .where('a.run', 'like', `${name.cycle}/${name.number}/%`)
      .groupBy(['a.run', 'a.name'])
      .execute();
    const runs = ['evaluate', 'optimize', ...(report.gate === null ? [] : ['gate'])];
    for (const run of runs) {
      const own = counts.filter((row) => row.run.endsWith(`/${run}`));
      assert.deepEqual(own.map((row) => row.name).toSorted(), [
        'calls',
        'known-route',
        'polite',
        'routing',
      ]);
      assert.equal(new Set(own.map((row) => row.n)).size, 1, `${run}: ${JSON.stringify(own)}`);
    }
    const guardrail = report.gate?.guardrails.find(({ metric }) => metric === 'calls');
    assert.equal(guardrail?.state, 'holds', JSON.stringify(report.outcome));
    assert.deepEqual(Object.keys(report.scorers ?? {}), ['known-route@1', 'polite@1', 'calls@1']);
    assert.equal(report.scorers!['known-route@1']!.mean, 1);
  },
);
