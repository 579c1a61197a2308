import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { exampleOf } from '../../../domain/dataset/example.ts';
import { importExamples } from '../../../operations/dataset/import-examples.ts';
import type { Example } from '../../../contracts/example.ts';
import { cycleSpec } from '../../../contracts/spec.ts';
import type { Db } from '../../../db/connect.ts';
import { createCycle, type Cycle, updateCycle } from '../../../db/cycles/cycles.ts';
import { countParts } from '../../../db/data/datasets.ts';
import { type Freeze, freezeGate } from '../../../db/cycles/gate.ts';
import { createJudgeVersion } from '../../../db/versions/judges.ts';
import { listMemberships } from '../../../db/data/memberships.ts';
import { endCycle } from '../../../db/cycles/phases.ts';
import { contentKeys } from '../../../domain/promote/content-key.ts';
import { openDatabase } from '../../db/database.ts';
import { DEFINITION, PROJECT } from '../../db/fixture.ts';

let db: Db;
beforeEach(async () => {
  ({ db } = await openDatabase());
});

const WORDS = 'amber brook cedar delta ember frost grove haven inlet jetty knoll ledge'.split(' ');

/** A message of eight words that shares no word with another. */
const message = (n: number): string =>
  Array.from({ length: 8 }, (_, i) => `${WORDS[(n + i) % WORDS.length]}${n * 8 + i}`).join(' ');

const rowsOf = (count: number, from = 0): readonly Example[] =>
  Array.from({ length: count }, (_, i) => exampleOf({ inputs: { message: message(from + i) } }));

type Importing = {
  readonly name?: string;
  readonly project?: string;
  readonly pin?: string;
  readonly sealed?: number | null;
};

const imported = async (examples: readonly Example[], to: Importing = {}) =>
  importExamples({
    db,
    project: PROJECT,
    name: 'messages',
    examples,
    gold: {},
    salt: 'a salt',
    pin: undefined,
    sealed: 0.45,
    ...to,
  });

test('rows that people see are never sealed, and a later import seals its share all the same', async () => {
  await imported(rowsOf(40), { name: 'seen', sealed: null });
  const counts = await countParts(db, { project: PROJECT, version: 'seen@1' });
  assert.equal(counts.sealed, undefined);
  assert.deepEqual(Object.keys(counts).length, 4, 'all parts of TUNE');
  await imported([...rowsOf(40), ...rowsOf(60, 40)]);
  const later = await countParts(db, { project: PROJECT, version: 'messages@1' });
  assert.ok(later.sealed!.rows > 10 && later.sealed!.rows < 45, `${later.sealed!.rows} of 60`);
  const memberships = await listMemberships(db, { project: PROJECT });
  assert.ok(memberships.slice(0, 40).every(({ part }) => part !== 'sealed'));
  const known = rowsOf(100).find((row) =>
    memberships.some((at) => at.part === 'sealed' && at.conversation === row.conversation),
  )!;
  await imported([known], { name: 'seen', sealed: null });
  const kept = await countParts(db, { project: PROJECT, version: 'seen@2' });
  assert.deepEqual(kept.sealed?.rows, 1, 'what was sealed before stays so');
});

test('of fewer than 40 conversations none is sealed, which is said with what a cycle would need; a later import seals', async () => {
  const few = await imported(rowsOf(39));
  assert.match(
    few.remarks.join(),
    /^39 conversations, fewer than 40: nothing is sealed, .* at least 20 sealed conversations: import 40 or more/,
  );
  const counts = await countParts(db, { project: PROJECT, version: 'messages@1' });
  assert.equal(counts.sealed, undefined);
  await imported([...rowsOf(39), ...rowsOf(60, 39)]);
  const later = await countParts(db, { project: PROJECT, version: 'messages@2' });
  assert.ok(later.sealed!.rows > 10);
});

test('a pin to the sealed part holds in a small import too', async () => {
  const rows = rowsOf(4).map(({ inputs }, n) =>
    exampleOf({ inputs, tags: n === 0 ? { part: 'sealed' } : {} }),
  );
  await imported(rows, { pin: 'part' });
  const counts = await countParts(db, { project: PROJECT, version: 'messages@1' });
  assert.equal(counts.sealed?.rows, 1);
});

/** A cycle over a dataset version, and its gate's freeze: the look is charged. */
async function gate(
  datasetVersion: string,
  { project = PROJECT, cycle = 'demo', seed = 0 } = {},
): Promise<{ readonly cycle: Cycle; readonly frozen: Freeze }> {
  const judge = await createJudgeVersion(db, { project, definition: DEFINITION, memory: null });
  const spec = cycleSpec.parse({
    cycle,
    dataset: 'messages',
    agent: 'router',
    prompts: { router: null },
    judge: 'routing',
    optimize: { seed },
  });
  const baseJudge = judge.version.id;
  const incumbent = { router: 1 };
  const made = await createCycle(db, {
    project,
    cycle,
    spec,
    datasetVersion,
    baseJudge,
    incumbent,
  });
  return { cycle: made, frozen: await freeze(made) };
}

const freeze = (cycle: Cycle): Promise<Freeze> =>
  freezeGate(db, cycle, {
    run: `${cycle.key}/gate`,
    judge: cycle.judge,
    incumbentHash: 'a',
    finalistHash: 'b',
    policyHash: 'p',
    keysOf: contentKeys,
    hashOf: (sealed) => sealed.join(),
  });

const partsNow = async (project = PROJECT) =>
  Object.fromEntries(
    (await listMemberships(db, { project })).map(({ conversation, part }) => [conversation, part]),
  );

test('another seed, another cycle: the same sealed rows, and the next look', async () => {
  const { version } = await imported(rowsOf(60));
  const first = await gate(version.id, { seed: 1 });
  const second = await gate(version.id, { seed: 2 });
  const third = await gate(version.id, { cycle: 'other', seed: 3 });
  assert.ok(first.frozen.examples.length >= 20);
  assert.deepEqual(second.frozen.examples, first.frozen.examples);
  assert.deepEqual(third.frozen.examples, first.frozen.examples);
  assert.deepEqual(
    [first, second, third].map(({ frozen }) => frozen.look),
    [1, 2, 3],
  );
});

test('a renamed dataset, shuffled, in other case and with other conversation ids, moves nothing and resets no look', async () => {
  const rows = rowsOf(60);
  const { version } = await imported(rows);
  const { frozen } = await gate(version.id);
  const before = await partsNow();
  const renamed = await imported(rows.toReversed(), { name: 'renamed' });
  assert.deepEqual(await partsNow(), before);
  const again = await gate(renamed.version.id);
  assert.deepEqual(again.frozen.examples.toSorted(), frozen.examples.toSorted());
  assert.equal(again.frozen.look, 2);

  const disguised = rows.map((_, i) =>
    exampleOf({
      id: `copy-${i}`,
      conversation: `talk-${i}`,
      inputs: { message: message(i).toUpperCase() },
    }),
  );
  const copied = await imported(disguised, { name: 'copied' });
  const parts = await partsNow();
  for (const [i, row] of rows.entries())
    assert.equal(parts[`talk-${i}`], before[row.conversation], `copy of row ${i}`);
  assert.equal((await gate(copied.version.id)).frozen.look, 3);
});

test('a copy in another project draws other parts, but its looks go on', async () => {
  const { version } = await imported(rowsOf(60));
  await gate(version.id);
  const elsewhere = await importExamples({
    db,
    project: 'elsewhere',
    name: 'fresh-start',
    examples: rowsOf(60),
    gold: {},
    salt: 'another salt',
    pin: undefined,
    sealed: 0.45,
  });
  const second = await gate(elsewhere.version.id, { project: 'elsewhere' });
  assert.equal(second.frozen.look, 2);
  assert.equal(second.frozen.ledgerStartsHere, false);
});

test('rows that were taken out and imported again stand where they stood; the database deletes none', async () => {
  const rows = rowsOf(60);
  const { version } = await imported(rows);
  const { frozen } = await gate(version.id);
  const before = await partsNow();
  await imported(rows.filter(({ id }) => !frozen.examples.includes(id)));
  const back = await imported([...rows, ...rowsOf(1, 90)]);
  const after = await partsNow();
  for (const [conversation, part] of Object.entries(before))
    assert.equal(after[conversation], part);
  assert.equal((await gate(back.version.id)).frozen.look, 2);
  for (const table of [
    'membership',
    'dataset_row',
    'dataset_version',
    'gate_look',
    'sealed_freeze',
  ])
    await assert.rejects(
      sql`delete from ${sql.table(table)}`.execute(db),
      /append-only: delete refused/,
      table,
    );
});

test('a cancelled gate and a cancelled cycle refund nothing; a resume is the same look', async () => {
  const { version } = await imported(rowsOf(60));
  const { cycle, frozen } = await gate(version.id);
  assert.deepEqual(await freeze(cycle), frozen);
  await updateCycle(db, cycle, { outcome: 'cancelled', note: 'cancelled in the gate' });
  await endCycle(db, cycle);
  const next = await gate(version.id);
  assert.deepEqual(next.frozen.examples, frozen.examples);
  assert.equal(next.frozen.look, 2);
});

test('a grown dataset keeps every part and takes the largest look number among its sealed members', async () => {
  const { version } = await imported(rowsOf(60));
  const first = await gate(version.id);
  const before = await partsNow();
  const grown = await imported([...rowsOf(60), ...rowsOf(60, 60)]);
  const after = await partsNow();
  for (const [conversation, part] of Object.entries(before))
    assert.equal(after[conversation], part);
  const second = await gate(grown.version.id);
  assert.ok(second.frozen.examples.length > first.frozen.examples.length);
  assert.ok(first.frozen.examples.every((id) => second.frozen.examples.includes(id)));
  assert.equal(second.frozen.look, 2);
  const fresh = await imported(rowsOf(60, 200), { name: 'fresh' });
  assert.equal((await gate(fresh.version.id)).frozen.look, 1);
});

test('a sealed conversation that a near-duplicate gives away is retired at import, and no gate uses it', async () => {
  const rows = rowsOf(60);
  const { version } = await imported(rows);
  const parts = await partsNow();
  const sealed = rows.find(({ conversation }) => parts[conversation] === 'sealed')!;
  const tuned = rows.find(({ conversation }) => parts[conversation] === 'train')!;
  // One conversation whose rows repeat both: it joins them, and the sealed one is known to TUNE.
  const bridge = [sealed, tuned].map((row, i) =>
    exampleOf({ id: `bridge-${i}`, conversation: 'bridge', inputs: row.inputs }),
  );
  const { version: grown, remarks } = await imported([...rows, ...bridge]);
  assert.match(remarks.join('\n'), /1 sealed conversation with a near-duplicate in another part/);
  assert.equal((await partsNow())['bridge'], 'train');
  const retired = await db.selectFrom('retirement').select(['conversation', 'who']).execute();
  assert.deepEqual(retired, [{ conversation: sealed.conversation, who: 'import of messages' }]);
  const at = { project: PROJECT, version: grown.id };
  assert.equal((await countParts(db, at)).sealed?.retired, 1);
  const { frozen } = await gate(grown.id);
  assert.ok(frozen.examples.length > 0 && !frozen.examples.includes(sealed.id));
  const old = await gate(version.id);
  assert.ok(!old.frozen.examples.includes(sealed.id));
});
