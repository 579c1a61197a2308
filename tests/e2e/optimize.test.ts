import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { judgeDefinition } from '../../contracts/judge.ts';
import { createJudgeVersion } from '../../db/versions/judges.ts';
import { listPromptVersions } from '../../db/versions/prompts.ts';
import { CLONE } from '../../stack/layout.ts';
import { attune, attuneHere, type Ran } from '../client/cli.ts';
import { telecomSpec } from './spec.ts';
import { startTestStack, type TestStack } from './stack.ts';

const found = z.object({
  id: z.string(),
  state: z.string(),
  outcome: z.string().nullable(),
  optimize: z.object({ rollouts: z.int(), budget: z.int(), duplicatePairs: z.int() }),
  candidates: z.array(
    z.object({ hash: z.string(), parents: z.array(z.string()), validation: z.number().nullable() }),
  ),
  fronts: z.int(),
  finalist: z.string().nullable(),
  claim: z.string(),
  spend: z.object({ calls: z.int() }),
});

let stack: TestStack;
let spec: string;
before(async () => {
  stack = await startTestStack();
  const folder = dirname(stack.dataDir);
  await createStrictJudge('default');
  spec = telecomSpec(folder, { judge: 'strict' }).path;
});
after(() => stack.close());

const telecom = (name: string): string =>
  readFileSync(join(CLONE, 'examples', 'telecom', name), 'utf8');

/** The telecom judge with a guideline for every rule of the strong prompt, as alignment would leave it: it says what is wrong and why. */
async function createStrictJudge(project: string): Promise<void> {
  const definition = judgeDefinition.parse({ ...parse(telecom('judge.yaml')), name: 'strict' });
  const rules = telecom('prompts/router-strong.md')
    .split('\n')
    .flatMap((line) => {
      const [, route, cues] = /^- (\w+): (.*)$/.exec(line) ?? [];
      if (route === undefined) return [];
      return [
        `${cues!
          .split(', ')
          .map((cue) => `"${cue}"`)
          .join(', ')} -> ${route}`,
      ];
    });
  const guidelines = rules.map((text, at) => ({ id: `g${at}`, text, sources: ['people'] }));
  const embedding = { model: 'local-ngram-512', dimension: 512 };
  const memory = { guidelines, snapshots: [], embedding, vectors: {}, shown: 5 };
  const db = await stack.cli().connections.database();
  await createJudgeVersion(db, { project, definition, memory });
}

const optimize = (...args: readonly string[]): Promise<Ran> =>
  attuneHere(['optimize', ...args, '--json'], { ATTUNE_DATA: stack.dataDir });
const answerOf = (ran: Ran) => {
  assert.ok([0, 3].includes(ran.code ?? 1), ran.err);
  return found.parse(JSON.parse(ran.out));
};

test('a search of its own keeps its budget, tells its lineage, claims no gain and registers nothing', async () => {
  const first = answerOf(await optimize(spec, '--name', 'first', '--budget', '260', '--seed', '3'));
  assert.equal(first.state, 'ended');
  assert.ok(first.optimize.rollouts <= 260, `${first.optimize.rollouts} rollouts`);
  assert.equal(first.optimize.duplicatePairs, 0);
  const known = new Set(first.candidates.map(({ hash }) => hash));
  assert.ok(first.candidates.every(({ parents }) => parents.every((hash) => known.has(hash))));
  assert.ok(known.size > 1 && first.fronts > 1, first.claim);
  assert.match(first.claim, /no evidence of a gain|No candidate is better/);
  const db = await stack.cli().connections.database();
  const versions = await listPromptVersions(db, { project: 'default', name: 'router' });
  assert.equal(versions.length, 1);

  const again = answerOf(await optimize('--resume', 'first'));
  assert.deepEqual(again, first);

  const warmed = answerOf(
    await optimize(spec, '--name', 'second', '--budget', '260', '--warm-from', 'first/1'),
  );
  const best = first.candidates
    .slice(1)
    .toSorted((a, b) => (b.validation ?? 0) - (a.validation ?? 0))[0]!;
  const taken = warmed.candidates.find(({ hash }) => hash === best.hash);
  assert.deepEqual(taken?.parents, []);
  assert.ok(warmed.optimize.rollouts <= 260);
});

test('a search that is left goes on, and is come back to', async () => {
  // The model answers nothing while the person looks: the search is under way until they have left.
  const letGo = stack.hold('practice');
  const started = await attune(['optimize', spec, '--name', 'left', '--budget', '120'], {
    env: { ATTUNE_DATA: stack.dataDir },
    interruptWhen: (err) => /Started optimize\/default\/left\/1/.test(err),
  }).finally(letGo);
  assert.equal(started.code, 6, started.err);
  assert.match(started.err, /attune optimize --resume left\/1/);
  const back = answerOf(await optimize('--resume', 'left/1'));
  assert.equal(back.state, 'ended');
});

test('a budget below one step, an unknown search to warm up from and a missing option are refused with 2', async () => {
  const small = await optimize(spec, '--name', 'small', '--budget', '5');
  assert.equal(small.code, 2, small.err);
  assert.match(small.err, /too small for one full step/);
  const refused = await optimize('--resume', 'small');
  assert.equal(refused.code, 2, refused.out);
  const cold = await optimize(spec, '--name', 'cold', '--budget', '260', '--warm-from', 'none/1');
  assert.equal(cold.code, 2, cold.err);
  assert.match(cold.err, /none\/1 has no candidates/);
  const bare = await optimize('--agent', 'telecom-router');
  assert.equal(bare.code, 2, bare.err);
  assert.match(bare.err, /--dataset/);
});
