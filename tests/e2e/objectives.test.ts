import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { standsAt } from '../../db/versions/aliases.ts';
import { listPromptVersions } from '../../db/versions/prompts.ts';
import { listSteps } from '../../db/engines/engine.ts';
import type { OptimizeEvent } from '../../domain/optimize/event.ts';
import { CLONE } from '../../stack/layout.ts';
import { attuneHere, type Ran } from '../client/cli.ts';
import { requestsIn } from './requests.ts';
import { startTestStack, type TestStack } from './stack.ts';

const TELECOM = join(CLONE, 'examples', 'telecom');
const CONFIG = fileURLToPath(new URL('fixtures/pair-config.ts', import.meta.url));
const PROJECT = 'default';

let stack: TestStack;
let spec: string;
before(async () => {
  stack = await startTestStack({ env: { ATTUNE_CONFIG: CONFIG } });
  spec = writeSpec(dirname(stack.dataDir));
});
after(() => stack.close());

const linesOf = (file: string) =>
  readFileSync(join(TELECOM, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, string>>);

/** Messages of telecom with their gold route as expectation, an agent of two prompts, two judges and two code scorers. */
function writeSpec(folder: string): string {
  const gold = new Map(linesOf('gold.jsonl').map(({ id, route }) => [id, route]));
  const rows = linesOf('messages.jsonl').slice(0, 40);
  const examples = rows.map(({ id, inputs }, at) => ({
    id,
    conversation: id,
    inputs,
    expectations: { route: gold.get(id) },
    tags: { part: at % 5 < 2 ? 'validation' : 'train' },
  }));
  const said = {
    cycle: 'pair',
    dataset: { name: 'pairs', path: 'pairs.jsonl' },
    agent: 'pair',
    prompts: { router: join(TELECOM, 'prompts', 'router.md'), writer: 'writer.md' },
    judge: join(TELECOM, 'judge.yaml'),
    scorers: [
      { kind: 'guidelines', name: 'polite', guidelines: ['The answer names a desk.'] },
      'desk',
      'brevity',
    ],
    primary: 'desk',
    split: { pin: 'part' },
    optimize: { budget: 90, seed: 5 },
  };
  writeFileSync(join(folder, 'pairs.jsonl'), examples.map((row) => JSON.stringify(row)).join('\n'));
  writeFileSync(join(folder, 'writer.md'), 'Answer the customer in one sentence, politely.');
  writeFileSync(join(folder, 'pair.json'), JSON.stringify(said));
  return join(folder, 'pair.json');
}

const optimize = (...args: readonly string[]): Promise<Ran> =>
  attuneHere(['optimize', ...args, '--json'], { ATTUNE_DATA: stack.dataDir });

type Found = {
  readonly optimize: { readonly rollouts: number; readonly duplicatePairs: number };
  readonly candidates: readonly {
    readonly hash: string;
    readonly prompts: Readonly<Record<string, string>>;
    readonly validation: number | null;
    readonly fronts: readonly string[];
  }[];
  readonly finalist: string | null;
  readonly texts: Readonly<Record<string, string>> | null;
};
const answerOf = (ran: Ran): Found => {
  assert.ok([0, 3].includes(ran.code ?? 1), ran.err);
  return JSON.parse(ran.out) as Found;
};

async function eventsOf(name: string): Promise<readonly OptimizeEvent[]> {
  const db = await stack.cli().connections.database();
  const steps = await listSteps(db, { project: PROJECT, run: `${name}/1/optimize` });
  return steps.flatMap(({ events }) => events as unknown as readonly OptimizeEvent[]);
}

const SCORERS = ['routing', 'polite', 'desk', 'brevity'];

for (const [frontier, isKey] of [
  ['objective', (key: string) => SCORERS.includes(key)],
  ['hybrid', (key: string) => /^(val_id t-\d+|objective (routing|polite|desk|brevity))$/.test(key)],
  ['cartesian', (key: string) => /^cartesian t-\d+ (routing|polite|desk|brevity)$/.test(key)],
] as const)
  test(`two judges and two code scorers are the objectives of a ${frontier} frontier`, async () => {
    const found = answerOf(await optimize(spec, '--name', frontier, '--frontier', frontier));
    assert.equal(found.optimize.duplicatePairs, 0);
    assert.ok(found.optimize.rollouts <= 90);
    const keys = new Set(found.candidates.flatMap(({ fronts }) => fronts));
    assert.ok(keys.size >= SCORERS.length && [...keys].every(isKey), [...keys].join());
    assert.ok(found.candidates.every(({ validation }) => validation !== null));
    const seed = (await eventsOf(frontier)).find(({ kind }) => kind === 'seed');
    assert.ok(seed?.kind === 'seed' && seed.scores.every((score) => score === 0 || score === 1));
  });

test('the reflection model reads every scorer, and the tool calls that failed', () => {
  const asked = requestsIn(stack.practiceLog)
    .map(({ text }) => text)
    .filter((text) => text.includes('# Example 1') && text.includes('write a new instruction'));
  assert.ok(asked.length > 5);
  assert.ok(asked.some((text) => /#### Error\nno customer has the number \d+/.test(text)));
  for (const text of asked) assert.match(text, /## Feedback\nScore: [01]\n\w+: /);
  for (const said of [/\nrouting: [01]\. /, /\npolite: [01]\. /, /\nbrevity: 0\.\d+\. Short/])
    assert.ok(
      asked.some((text) => said.test(text)),
      String(said),
    );
});

test('the prompts of one agent are rewritten in turn, and their versions are registered only when asked', async () => {
  const found = answerOf(await optimize(spec, '--name', 'turns', '--budget', '260', '--seed', '3'));
  const seed = found.candidates[0]!;
  const changed = (name: string) =>
    found.candidates.filter(({ prompts }) => prompts[name] !== seed.prompts[name]);
  const proposed = (await eventsOf('turns')).flatMap((event) =>
    event.kind === 'propose' ? Object.keys(event.texts) : [],
  );
  assert.deepEqual([...new Set(proposed)].sort(), ['router', 'writer']);
  assert.ok(changed('router').length > 0, 'the desk improves by the router alone');

  const db = await stack.cli().connections.database();
  const versions = (name: string) => listPromptVersions(db, { project: PROJECT, name });
  assert.equal((await versions('router')).length, 1);
  assert.ok(found.finalist !== null && found.texts !== null);
  const ran = await optimize('--resume', 'turns', '--register');
  const { registered } = JSON.parse(ran.out) as { registered: Readonly<Record<string, number>> };
  assert.equal(registered['router'], 2);
  assert.equal((await versions('router')).at(-1)!.text, found.texts['router']);
  const at = { project: PROJECT, prompt: 'router', alias: 'production' };
  assert.equal(await standsAt(db, at), 1);
  await optimize('--resume', 'turns', '--register');
  assert.equal((await versions('router')).length, 2, 'a repeat registers nothing again');
});

test('a search is left running with --detach, stands in the list, and may be measured by a code scorer alone', async () => {
  const args = ['--dataset', 'pairs', '--agent', 'pair', '--prompt', 'router@production'];
  const left = await optimize(...args, '--judge', 'desk', '--budget', '40', '--detach');
  assert.equal(left.code, 0, left.err);
  const { id } = JSON.parse(left.out) as { readonly id: string };
  assert.match(id, /^optimize\/default\/pair-search\/1$/);
  const listed = JSON.parse((await optimize('--list')).out) as readonly { readonly key: string }[];
  assert.deepEqual(
    listed.map(({ key }) => key),
    ['pair-search/1', 'turns/1', 'cartesian/1', 'hybrid/1', 'objective/1'],
  );
  const asked = requestsIn(stack.practiceLog).length;
  const found = answerOf(await optimize('--resume', 'pair-search'));
  assert.equal(found.optimize.duplicatePairs, 0);
  const judged = requestsIn(stack.practiceLog)
    .slice(asked)
    .filter(({ text }) => text.includes('<outputs>'));
  assert.deepEqual(judged, [], 'no judge is asked');
});
