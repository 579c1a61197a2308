import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { planted } from '../../bench/planted.ts';
import type { AlignmentAnswer } from '../../client/judge/result.ts';
import type { TestResult } from '../../client/judge/test.ts';
import type { JudgeVersion } from '../../contracts/scorer.ts';
import type { JudgeDiff } from '../../domain/align/judge-diff.ts';
import { attuneHere } from '../client/cli.ts';
import { requestsIn, type Request } from './requests.ts';
import { startTeacher, type Teacher } from './teacher.ts';

const LIMIT = { timeout: 120_000 };
const LEARN = 200;
const TEST = 60;
let teacher: Teacher;

/** Requests by kind that the practice model got while something was done. */
async function asked(work: () => Promise<unknown>): Promise<Record<string, number>> {
  const known = requestsIn(teacher.stack.practiceLog).length;
  await work();
  const fresh = requestsIn(teacher.stack.practiceLog).slice(known);
  return Object.fromEntries([...Map.groupBy(fresh, kindOf)].map(([kind, of]) => [kind, of.length]));
}

function kindOf({ text }: Request): string {
  if (text.startsWith('People judged the cases')) return 'distill';
  if (text.startsWith('The rules below were drawn')) return 'consolidate';
  return text.startsWith('You are a judge') ? 'verdict' : 'other';
}

before(async () => {
  teacher = await startTeacher();
  await teacher.plant('one', planted(1, { learn: LEARN, test: TEST }));
}, LIMIT);
after(() => teacher.close());

test(
  '200 labels cost four distillations, one consolidation and two verdicts an item; the judge rises and is adopted',
  LIMIT,
  async () => {
    let answer: AlignmentAnswer;
    const calls = await asked(async () => {
      answer = await teacher.ok<AlignmentAnswer>('one', 'judge', 'align', 'team');
    });
    assert.deepEqual(calls, { distill: 4, consolidate: 1, verdict: 2 * TEST });
    const { report, judge, adopted } = answer!;
    assert.equal(adopted, true);
    assert.equal(judge, 'team@2');
    assert.equal(report!.method, 'held-out');
    assert.ok(report!.aligned!.accuracy! >= report!.base.accuracy! + 0.1, JSON.stringify(report));
    assert.ok(report!.difference!.interval!.low > 0);
    assert.deepEqual(report!.alignment!.outcome, 'aligned');
    assert.deepEqual([report!.snapshots, report!.alignment!.labels], [LEARN, LEARN + TEST]);
    const text = await attuneHere(['judge', 'align', '--resume', 'team/1'], {
      ATTUNE_DATA: teacher.stack.dataDir,
      ATTUNE_PROJECT: 'one',
    });
    assert.equal(text.code, 0, text.err);
    for (const words of [
      /adopted/,
      /95 % interval/,
      /people, and the judge/,
      /Guidelines distilled/,
    ])
      assert.match(text.out, words);
  },
);

test(
  'aligned again with nothing changed asks nothing; with three labels edited it asks only what changed',
  LIMIT,
  async () => {
    const second = await teacher.ok<JudgeVersion>('one', 'judge', 'show', 'team@2');
    assert.deepEqual(await asked(() => teacher.ok('one', 'judge', 'align', 'team')), {});
    const { labels } = planted(1, { learn: LEARN, test: TEST });
    // Batches are in the order of the rows: two of the three share the first.
    const edited = [3, 7, 120].map((at) => ({
      ...labels[at]!,
      rationale: 'I have changed my mind.',
    }));
    await teacher.ok('one', 'label', 'import', teacher.jsonl('edited.jsonl', edited));
    let answer: AlignmentAnswer;
    const calls = await asked(async () => {
      answer = await teacher.ok<AlignmentAnswer>('one', 'judge', 'align', 'team');
    });
    assert.equal(calls['distill'], 2);
    assert.equal(calls['consolidate'], 1);
    assert.ok((calls['verdict'] ?? 0) <= TEST, 'the base judge is not asked again');
    assert.equal(answer!.judge, 'team@3');
    const { diff } = await teacher.ok<{ diff: JudgeDiff }>(
      'one',
      'judge',
      'diff',
      'team@2',
      'team@3',
    );
    assert.deepEqual(
      diff.examples.changed.map(({ item, what }) => [item.split('#')[0], what]),
      [3, 7, 120].map((at) => [labels[at]!.row_id, ['reasons']]),
    );
    assert.equal(diff.examples.kept, LEARN - 3);
    assert.deepEqual(await teacher.ok<JudgeVersion>('one', 'judge', 'show', 'team@2'), second);
  },
);

test(
  'a version is closed: labels edited and traces deleted afterwards change none of its requests',
  LIMIT,
  async () => {
    const db = await teacher.stack.cli({ ATTUNE_PROJECT: 'one' }).connections.database();
    const tested = () => teacher.ok<TestResult>('one', 'judge', 'test', 'team@2');
    const first = await tested();
    const { labels } = planted(1, { learn: LEARN, test: TEST });
    const edited = labels.slice(0, 30).map((label) => ({ ...label, value: label.value !== true }));
    await teacher.ok('one', 'label', 'import', teacher.jsonl('turned.jsonl', edited));
    await sql`delete from trace where project = 'one'`.execute(db);
    await assert.rejects(sql`delete from label where project = 'one'`.execute(db), /append-only/);
    await sql`delete from assessment where project = 'one'`.execute(db);
    // Each verdict is looked up by every byte of its request: none is asked for, so none has changed.
    let again: TestResult;
    assert.deepEqual(await asked(async () => (again = await tested())), {});
    assert.deepEqual(again!, first);
    assert.equal(first.items, TEST);
    assert.equal(first.against, 'team@1');
    assert.ok(first.paired!.difference!.mean >= 0.1);
  },
);

test(
  'a judge is tested on a labels file that is not recorded, and a bad line is refused by its number',
  LIMIT,
  async () => {
    const { labels } = planted(1, { learn: LEARN, test: TEST });
    const some = labels.slice(LEARN, LEARN + 30).map((label) => ({ ...label, rater: 'zoe' }));
    const path = teacher.jsonl('zoe.jsonl', some);
    const found = await teacher.ok<TestResult>('one', 'judge', 'test', 'team@2', '--labels', path);
    assert.deepEqual([found.items, found.agreement.n], [30, 30]);
    const bad = teacher.jsonl('bad.jsonl', [...some, { ...some[0]!, value: 'maybe' }]);
    const refused = await teacher.run('one', 'judge', 'test', 'team@2', '--labels', bad);
    assert.equal(refused.code, 2);
    assert.match(refused.err, /bad\.jsonl:31.*maybe.* is not true or false/);
    const stored = await teacher.run('one', 'label', 'export');
    assert.doesNotMatch(stored.out, /zoe/);
    const seen = await teacher.run(
      'one',
      'judge',
      'test',
      'team@2',
      '--labels',
      teacher.jsonl('seen.jsonl', labels.slice(0, 5)),
    );
    assert.equal(seen.code, 2);
    assert.match(seen.err, /5 items of conversations that the judge learned from/);
  },
);

test(
  'unalign takes labels back without a call, and with them what rested on them alone',
  LIMIT,
  async () => {
    const { memory } = await teacher.ok<JudgeVersion>('one', 'judge', 'show', 'team@2');
    const [rule] = memory!.guidelines.toSorted((a, b) => a.sources.length - b.sources.length);
    const rows = memory!.snapshots
      .filter(({ id }) => rule!.sources.includes(id))
      .map(({ item }) => item.split('#')[0]!);
    let made: { judge: string; guidelines: string[]; examples: string[] };
    const calls = await asked(async () => {
      made = await teacher.ok('one', 'judge', 'unalign', 'team@2', '--row', ...rows);
    });
    assert.deepEqual(calls, {});
    assert.ok(made!.guidelines.includes(rule!.text));
    assert.equal(made!.examples.length, rows.length);
    const left = await teacher.ok<JudgeVersion>('one', 'judge', 'show', made!.judge);
    const ids = new Set(left.memory!.snapshots.map(({ id }) => id));
    assert.ok(left.memory!.guidelines.every(({ sources }) => sources.every((id) => ids.has(id))));
    const none = await teacher.run('one', 'judge', 'unalign', 'team@2', '--rater', 'nobody');
    assert.equal(none.code, 2);
    const bare = await teacher.run('one', 'judge', 'unalign', 'team@1', '--rater', 'ann');
    assert.match(bare.err, /has no memory/);
  },
);

test(
  'killed with -9 in mid-distillation: it resumes, asks for nothing stored, and makes the same version',
  LIMIT,
  async () => {
    await teacher.plant('two', planted(2, { learn: LEARN, test: TEST }));
    const known = requestsIn(teacher.stack.practiceLog).length;
    await teacher.ok('two', 'judge', 'align', 'team', '--detach');
    const since = () => requestsIn(teacher.stack.practiceLog).slice(known);
    while (!since().some((request) => kindOf(request) === 'consolidate')) await sleep(5);
    teacher.stack.kill('worker');
    const { judge } = await teacher.ok<AlignmentAnswer>(
      'two',
      'judge',
      'align',
      '--resume',
      'team',
    );
    const distilled = since().filter((request) => kindOf(request) === 'distill');
    assert.equal(distilled.length, 4, 'no stored distillation is asked for again');
    assert.equal(new Set(distilled.map(({ key }) => key)).size, 4);
    const { hash } = await teacher.ok<JudgeVersion>('two', 'judge', 'show', judge);
    await forget();
    await teacher.plant('three', planted(2, { learn: LEARN, test: TEST }));
    const undisturbed = await teacher.ok<AlignmentAnswer>('three', 'judge', 'align', 'team');
    const other = await teacher.ok<JudgeVersion>('three', 'judge', 'show', undisturbed.judge);
    assert.equal(other.hash, hash);
  },
);

/** Empties the ledger: what is asked from here on is asked anew. */
async function forget(): Promise<void> {
  const db = await teacher.stack.cli().connections.database();
  await sql`delete from model_reply`.execute(db);
}

test('what cannot be aligned is refused with 2, and leaves nothing behind', LIMIT, async () => {
  const refusals: readonly (readonly [RegExp, readonly string[]])[] = [
    [/no label answers `lonely`/, ['align', 'lonely']],
    [/judge `nobody` is not there/, ['align', 'nobody']],
    [/name the judge to align/, ['align']],
    [/No such|cannot be read|does not exist/i, ['align', 'team', '--labels', 'nowhere.jsonl']],
    [/dataset/, ['align', 'team', '--dataset', 'other']],
    [/memalign/, ['align', 'team', '--aligner', 'mipro']],
    [/is the judge itself/, ['test', 'team@1', '--against', 'team@1']],
    [/nothing\/9/, ['align', '--resume', 'nothing/9']],
  ];
  const lonely = { ...planted(1).judge, name: 'lonely' };
  await teacher.ok('one', 'judge', 'create', teacher.file('lonely.json', JSON.stringify(lonely)));
  const count = async () => (await teacher.ok<unknown[]>('one', 'judge', 'align', '--list')).length;
  const known = await count();
  for (const [words, args] of refusals) {
    const ran = await teacher.run('one', 'judge', ...args);
    assert.equal(ran.code, 2, `${args.join(' ')}: ${ran.code} ${ran.err}`);
    assert.match(ran.err + ran.out, words);
  }
  assert.equal(await count(), known);
});
