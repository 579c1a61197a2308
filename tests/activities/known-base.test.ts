import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Json } from '../../contracts/json.ts';
import type { Db } from '../../db/connect.ts';
import { getJudge, listJudges } from '../../db/versions/judges.ts';
import { ReplyFormatError } from '../../llm/errors.ts';
import { getRun } from '../../db/runs/runs.ts';
import { judgeCheckOf, judgeFault } from '../../domain/promote/judge-floor.ts';
import { openDatabase } from '../db/database.ts';
import { alignAgain } from './align/again.ts';
import { cases, YES_NO } from './align/cases.ts';
import type { Asked, Case } from './align/world.ts';

let db: Db;
before(async () => {
  ({ db } = await openDatabase());
});

const isGood = (at: number): boolean => at % 2 === 0;

/** Cases in conversations of two rows; the reason that people give with each names it. */
const talks = (n: number): Case[] =>
  cases(n, isGood).map((row, at) => ({
    ...row,
    conversation: `talk-${Math.floor(at / 2)}`,
    labels: [{ rater: 'ann', value: isGood(at), rationale: `Because of reason-${at}.` }],
  }));

/** The number of the case under judgement, and all before it: guidelines and earlier cases. */
function caseOf({ request }: Asked): { readonly at: number; readonly shown: string } {
  const { content } = request.messages[1]!;
  const from = content.indexOf('<inputs>');
  const at = Number(/message (\d+) about/.exec(content.slice(from))![1]);
  return { at, shown: content.slice(0, from) };
}

const SECOND = 'Even numbers are good.';

/**
 * A model that says yes unless it knows better: it repeats what people said of the very case where it is shown that, and goes by the
 * guideline of the second alignment.
 */
function reply(asked: Asked, alignment: 1 | 2): Json {
  const text = alignment === 2 ? SECOND : 'Answers are about their topic.';
  if (asked.kind === 'guidelines') return { guidelines: [{ text, sources: [1, 2, 3, 4] }] };
  if (asked.kind === 'consolidated') return { guidelines: [], contradictions: [] };
  const { at, shown } = caseOf(asked);
  const knows = shown.includes(`reason-${at}.`) || shown.includes(SECOND);
  return { rationale: 'as it stands', value: knows ? isGood(at) : true };
}

/** It gives no verdict on one case where it is the base judge's. */
const failing = (one: Asked, alignment: 1 | 2): Json => {
  if (one.kind !== 'verdict' || alignment === 1) return reply(one, alignment);
  const { at, shown } = caseOf(one);
  return at === 3 && !shown.includes(SECOND) ? { value: 'perhaps' } : reply(one, alignment);
};

/** Without guidelines and examples it is right about all, so that no search finds better instructions. */
const rightBare = (one: Asked, alignment: 1 | 2): Json =>
  one.kind === 'verdict' && alignment === 2 && caseOf(one).shown === ''
    ? { rationale: 'bare', value: isGood(caseOf(one).at) }
    : reply(one, alignment);

const verdictsIn = (asked: readonly Asked[]) => asked.filter(({ kind }) => kind === 'verdict');
const first = (rows: readonly Case[], n: number) => new Set(rows.slice(0, n).map(({ id }) => id));

test('a base judge with the tested conversations in its memory is measured without them, with one verdict more for each, and none for others', async () => {
  const all = talks(20);
  // Six conversations are known whole, the seventh by one of its two rows.
  const again = await alignAgain(db, {
    definition: YES_NO,
    cases: all,
    known: first(all, 13),
    reply,
  });
  const { report, asked, base, cycle, end } = again;
  assert.equal(base.memory!.snapshots.length, 13);
  assert.equal(report.method, 'cross-fitted');
  const verdicts = verdictsIn(asked).map(caseOf);
  assert.equal(verdicts.length, 20 + 14);
  for (const { at, shown } of verdicts) {
    const [row, other] = [at, at % 2 === 0 ? at + 1 : at - 1];
    for (const near of [row, other]) {
      assert.ok(
        !shown.includes(`reason-${near}.`),
        `case ${at} is judged with the reason of ${near}`,
      );
      assert.ok(!shown.includes(`answer ${near} on`), `case ${at} is judged with case ${near}`);
    }
  }
  assert.deepEqual(
    [report.base.n, report.base.accuracy],
    [20, 0.5],
    'a memorised answer is no agreement',
  );
  assert.deepEqual([report.aligned!.n, report.aligned!.accuracy], [20, 1]);
  assert.equal(end.adopted, true, end.why);
  assert.match(
    report.alignment!.notes.join(),
    /14 of 20 tested items .* in its memory; it was measured on them without what it remembers/,
  );
  const { project } = cycle;
  assert.deepEqual(
    (await listJudges(db, { project })).map(({ id }) => id),
    ['quality@1', 'quality@2', 'quality@3'],
  );
  assert.equal((await getJudge(db, { project, id: 'quality' })).id, cycle.judge);
});

test('held-out items that the base judge has learned are judged without them by a version of its own, and those alone', async () => {
  const all = talks(72).map((row, at): Case => ({
    ...row,
    part: at < 60 ? 'judge-test' : 'align-labels',
  }));
  const { report, asked, cycle } = await alignAgain(db, {
    definition: YES_NO,
    cases: all,
    known: first(all, 10),
    reply,
  });
  assert.equal(report.method, 'held-out');
  assert.equal(verdictsIn(asked).length, 60 + 10);
  assert.deepEqual([report.base.n, report.base.accuracy], [60, 0.5]);
  assert.match(report.alignment!.notes.join(), /10 of 60 tested items/);
  // Nothing is left of that memory: such a version is equal to the bare judge, which the name does not come to mean.
  const { project } = cycle;
  const { primary } = await getRun(db, { project, run: `${cycle.key}/base/align/verdicts` });
  assert.match(primary.id, /^quality@fold-/);
  assert.equal((await getJudge(db, { project, id: primary.id })).memory, null);
  assert.equal((await getJudge(db, { project, id: 'quality' })).id, cycle.judge);
});

test('a verdict without that memory that fails leaves its item without one of the base judge', async () => {
  const all = talks(12);
  const { report } = await alignAgain(db, {
    definition: YES_NO,
    cases: all,
    known: first(all, 8),
    reply: failing,
  });
  assert.deepEqual([report.base.n, report.aligned!.n], [11, 12]);
  assert.match(report.why, /verdicts missing: 1 of the base judge/);
  assert.match(report.alignment!.notes.join(), /8 of 12 .* measured on 7 of them without/);
});

test('where no better instructions are found, the judge that folds leave is the base judge without what they are tested on', async () => {
  const all = talks(16);
  const { report, asked, base, cycle } = await alignAgain(db, {
    definition: YES_NO,
    cases: all,
    known: first(all, 8),
    align: { aligner: 'gepa', budget: 40 },
    reply: rightBare,
  });
  assert.equal(report.alignment!.outcome, 'no-candidate');
  assert.equal(cycle.judge, base.id);
  assert.equal(verdictsIn(asked).filter((one) => caseOf(one).shown !== '').length, 8);
  assert.deepEqual([report.base.n, report.base.accuracy], [16, 0.5]);
});

const unusable = new ReplyFormatError({ endpoint: 'e', model: 'm', detail: 'not JSON' }, {
  text: 'I would rather not.',
  fromLedger: false,
} as never);

for (const [known, left] of [
  [8, 4],
  [12, 0],
] as const)
  test(`after a failed alignment the base judge counts as not measured on the ${known} of 12 items that it remembers, and the floor of the gate rests on ${left}`, async () => {
    const all = talks(12);
    const { report, end, cycle, asked } = await alignAgain(db, {
      definition: YES_NO,
      cases: all,
      known: first(all, known),
      reply: (one, alignment) => {
        if (alignment === 2 && one.kind === 'guidelines') throw unusable;
        return reply(one, alignment);
      },
    });
    assert.equal(report.alignment!.outcome, 'failed');
    assert.equal(verdictsIn(asked).length, 0);
    assert.equal(report.base.n, left);
    assert.match(end.why, new RegExp(`failed: .*; verdicts of the base judge missing: ${known}`));
    assert.match(
      report.alignment!.notes.join(),
      new RegExp(`${known} of 12 .* in its memory; it was not measured on them`),
    );
    const check = judgeCheckOf(cycle.judge, report);
    assert.equal(check.labels, left);
    assert.match(judgeFault(check, 0.2)!, /judge quality@2/);
    if (left === 0)
      assert.match(judgeFault(check, -1)!, /was not measured against people \(0 labels\)/);
  });
