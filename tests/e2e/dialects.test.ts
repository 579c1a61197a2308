import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { sql } from 'kysely';
import { changeText } from '../../contracts/dialect.ts';
import type { Db } from '../../db/connect.ts';
import { createDialectStore } from '../../db/engines/dialects.ts';
import type { Impolite } from '../llm/openai/impolite.ts';
import { runCycle } from './cycle.ts';
import { PROFILES } from './dialects/profiles.ts';
import { dialectServer } from './dialects/server.ts';
import { crashSpec } from './spec.ts';
import { startTestStack, type TestStack } from './stack.ts';

const WITHIN_MS = 240_000;

let model: Impolite;
let stack: TestStack;

before(
  async () => {
    model = await dialectServer();
    stack = await startTestStack({
      env: {
        OPENAI_BASE_URL: model.endpoint,
        OPENAI_API_KEY: 'a key of the test',
        ATTUNE_MODEL: 'vllm/practice-agent',
      },
    });
  },
  { timeout: 150_000 },
);

after(async () => {
  await stack?.close();
  model?.close();
});

for (const profile of Object.keys(PROFILES))
  test(`a whole cycle with the dialect of ${profile}`, { timeout: WITHIN_MS }, async (t) => {
    const folder = join(dirname(stack.dataDir), profile);
    mkdirSync(folder, { recursive: true });
    const of = (name: string) => `${profile}/practice-${name}`;
    const models = { agent: of('agent'), judge: of('judge'), reflection: of('reflector') };
    const spec = crashSpec(folder, {
      cycle: profile.replace('.', '-'),
      models,
      optimize: { seed: 7, budget: 60, parents: 4 },
    });
    const { result, report, cli, ms } = await runCycle({
      stack,
      spec,
      salt: 'crash-2',
      withinMs: WITHIN_MS,
    });
    const requests = Object.values(models).flatMap((name) => model.of(name));
    const refused = requests.filter(({ status }) => status !== 200).length;
    const db = await cli.connections.database();
    const store = createDialectStore(db);
    const learned = await Promise.all(
      Object.values(models).map((name) => store.read({ endpoint: model.endpoint, model: name })),
    );
    const changes = [...new Set(learned.flat().map(changeText))].sort();
    const faults = await faultsOf(db, spec.spec.cycle);
    const seconds = Math.round(ms / 1000);
    t.diagnostic(
      `| ${[profile, requests.length, refused, changes.join('; ') || 'nothing', result.outcome, `${seconds} s`].join(' | ')} |`,
    );
    assert.deepEqual(changes, [...PROFILES[profile]!.learns].sort());
    assert.ok(['promoted', 'inconclusive', 'rejected'].includes(result.outcome), result.outcome);
    // Each model of three learns for itself, and a refusal tells one thing at a time.
    assert.ok(refused <= 4 * (1 + changes.length) + faults.length, `${refused} were refused`);
    assert.deepEqual([...new Set(faults)], profile === 'azure' ? ['moderation'] : []);
    assert.ok(faults.length < 20, `${faults.length} rows are missing`);
    assert.equal(report.outcome, result.outcome);
    const told = (report.dialects ?? []).map((line) => line.replace(/^.*?: /, ''));
    assert.deepEqual([...new Set(told)].sort(), changes);
  });

/** Why rows of a cycle were not measured. */
async function faultsOf(db: Db, cycle: string): Promise<readonly string[]> {
  const { rows } = await sql<{ kind: string }>`
    select error->>'kind' as kind from rollout where run like ${`${cycle}/%`} and error is not null
    union all
    select error->>'kind' from assessment where run like ${`${cycle}/%`} and error is not null`.execute(
    db,
  );
  return rows.map(({ kind }) => kind);
}
