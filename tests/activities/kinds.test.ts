import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse } from 'yaml';
import type { AgentDeps } from '../../activities/deps.ts';
import { standsAt } from '../../db/versions/aliases.ts';
import { getCycle, listCycles } from '../../db/cycles/cycles.ts';
import { createJudgeVersion, getJudge } from '../../db/versions/judges.ts';
import { registerAlignment } from '../../client/judge/register.ts';
import { judgeDefinition } from '../../contracts/judge.ts';
import { usageScorer } from '../../contracts/scorer.ts';
import { createScorerVersion } from '../../db/versions/scorers.ts';
import { openDatabase } from '../db/database.ts';
import { openPractice, type Practice } from './kinds/practice.ts';
import { driveCycle } from './kinds/drive.ts';
import { type Kind, kindsOf, kindsToShow } from './kinds/kinds.ts';
import { LABELLED, SEALED } from './kinds/task.ts';
import { labelOf, plant, tellProject } from './kinds/plant.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-kinds-'));
let practice: Practice;
let deps: AgentDeps;
before(async () => {
  practice = await openPractice((await openDatabase()).url);
  ({ deps } = practice);
});
after(async () => {
  await practice.close();
  rmSync(folder, { recursive: true, force: true });
});

/** One kind through all activities of a cycle, in a project of its own. */
async function through(name: string, kind: Kind) {
  const { db } = deps;
  const project = name.replaceAll(/\W+/g, '-');
  const ref = await plant(db, { folder: join(folder, project), project, kind });
  const { why } = await driveCycle(deps, { ref, labelOf: (item) => labelOf(kind, item) });
  const cycle = await getCycle(db, ref);
  const judge = await getJudge(db, { project, id: cycle.judge });
  const standing = await standsAt(db, { project, prompt: 'router', alias: 'production' });
  return { ...cycle, why, used: judge, standing };
}

test(
  'every kind of judge is labelled, aligned, searched with and gated like the first one, and no call is paid twice',
  { concurrency: 4, timeout: 240_000 },
  async (t) => {
    const runs = kindsToShow(1).map(([name, kind]) =>
      t.test(name, async (own) => {
        const { judgeReport, gateReport, baseJudge, ...cycle } = await through(name, kind);
        const { base, aligned, alignment } = judgeReport!;
        own.diagnostic(
          `agreement ${base.accuracy?.toFixed(2)} to ${aligned?.accuracy?.toFixed(2)}; ${cycle.why}; gate ${gateReport?.verdict} ${gateReport?.estimate?.toFixed(2)}`,
        );
        assert.equal(alignment!.outcome, 'aligned');
        assert.equal(judgeReport!.adopted, true, judgeReport!.why);
        assert.notEqual(cycle.judge, baseJudge);
        const { guidelines, snapshots } = cycle.used.memory!;
        assert.ok(guidelines.length > 0);
        // People are asked once of each conversation, and nothing they say is lost.
        assert.deepEqual([alignment!.labels, snapshots.length], [LABELLED, LABELLED]);
        assert.ok(cycle.finalist, cycle.why);
        assert.equal(gateReport!.verdict, 'promote', gateReport!.reasons.join('; '));
        assert.deepEqual([gateReport!.examples, gateReport!.clusters], [SEALED, SEALED]);
        assert.equal(cycle.standing, 2);
      }),
    );
    await Promise.all(runs);
    assert.equal(new Set(practice.keys).size, practice.keys.length);
  },
);

const TONE = `
name: tone
instructions: How friendly is {{outputs}}?
value: { type: categories, categories: { kind: 1, fair: 0.5, rude: 0 }, ordinal: true }
`;
const USAGE = { kind: 'tool-usage', name: 'tools', tools: { lookup: 'finds a customer' } };
const CALLS = { kind: 'spans', name: 'calls', measure: 'count', score: { most: 3 } };
const TEXT = { name: 'team', instructions: 'What of {{outputs}}?', value: { type: 'text' } };

/** What is no judge to label, align or gate by: how it is refused, and what the remedy is. */
const REFUSED: readonly (readonly [string, object | string, RegExp])[] = [
  [
    'a code scorer',
    'short',
    /`short` is a scorer of the kind code.*not aligned\. Name it under `scorers`/,
  ],
  [
    'a code scorer of a name that is none',
    'shrt',
    /no scorer is named `shrt`[\s\S]*attune\.config\.ts/,
  ],
  ['tool usage', USAGE, /is "tool-usage"; use one of judge, guidelines.*stand under `scorers`/],
  ['a figure of spans', CALLS, /is "spans"; use one of judge, guidelines.*stand under `scorers`/],
  [
    'a judge that answers with a text',
    TEXT,
    /judge: `team` answers with a text, which has no score/,
  ],
];
for (const [what, judge, words] of REFUSED)
  test(`${what} as the judge of a cycle is refused with the remedy, and nothing is registered`, async () => {
    const project = what.replaceAll(/\W+/g, '-');
    const [kind] = Object.values(kindsOf(1));
    const more = { judge };
    const planting = { folder: join(folder, project), project, kind: { ...kind!, more } };
    await assert.rejects(plant(deps.db, planting), (error: Error) =>
      words.test(`${error.message}\n${JSON.stringify(error)}`),
    );
    assert.deepEqual(await listCycles(deps.db, { project, kind: 'cycle' }), []);
  });

test('a scorer that is no judge is not aligned on its own either', async () => {
  const project = 'not-aligned';
  await tellProject(deps.db, project);
  const definition = usageScorer.parse(USAGE);
  await createScorerVersion(deps.db, { project, definition });
  for (const [judge, words] of [
    ['short', /`short` is a scorer of the kind code.*label a judge$/],
    ['tools', /kind tool-usage.*label a judge, such as the built-in `tool-call-correctness`/],
  ] as const)
    await assert.rejects(registerAlignment(deps.db, { project, judge, flags: {} }), words);
});

test('a judge written in TypeScript is a version of the project once a worker has loaded the config, equal to one of YAML', async () => {
  const { version } = await createJudgeVersion(deps.db, {
    project: 'default',
    definition: judgeDefinition.parse(parse(TONE)),
  });
  assert.equal(
    version.id,
    'tone@1',
    'the definition of the config is there, so nothing new is made',
  );
});
