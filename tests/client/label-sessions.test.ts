import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { listAudit } from '../../db/audit.ts';
import { getLink, signingKey } from '../../db/labels/links.ts';
import { saveAssessments } from '../../db/runs/runs.ts';
import { listItems } from '../../db/labels/items.ts';
import { getSession, listSessions } from '../../db/labels/sessions.ts';
import { readLink } from '../../domain/label/link-token.ts';
import {
  cycleAtGate,
  gateActivities,
  importMessages,
  measure,
  messages,
  planted,
} from '../activities/gate-stage.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { openReview, type Review } from '../server/review.ts';
import { attuneHere, type Ran } from './cli.ts';

const ITEMS = 12;
const RUN = 'demo/1/evaluate';
let database: OpenDatabase;
let review: Review;
before(async () => {
  database = await openDatabase();
  review = await openReview(database.db, { items: ITEMS });
  // Every third output fails.
  await saveAssessments(database.db, {
    project: PROJECT,
    run: RUN,
    assessments: Array.from({ length: ITEMS }, (_, ordinal) => ({
      ordinal,
      scorer: 'routing@1',
      assessment: {
        name: 'routing',
        value: ordinal % 3 !== 0,
        score: ordinal % 3 === 0 ? 0 : 1,
        rationale: '',
        error: null,
        source: 'judge:routing@1',
        evidence: {},
      },
    })),
  });
});

const env = () => ({ DATABASE_URL: database.url, ATTUNE_PROJECT: PROJECT });
const SERVER = { ATTUNE_SERVER: 'http://127.0.0.1:9', ATTUNE_TOKEN: 'x' };
const attune = (...args: readonly string[]): Promise<Ran> =>
  attuneHere(['label', ...args], { ...env(), ...SERVER });
const json = async <T>(...args: readonly string[]): Promise<T> => {
  const { code, out, err } = await attune(...args, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out) as T;
};
const create = (name: string, ...more: readonly string[]) =>
  attune('create', name, '--judge', 'routing', ...more);
const itemsOf = (session: string) => listItems(database.db, { project: PROJECT, session });
const auditOf = async (subject: string) =>
  (await listAudit(database.db, { project: PROJECT, subject })).map(({ who, action }) => [
    who,
    action,
  ]);

test('a session of failures and a share of passes stores the weight of each item, and says who opened it', async () => {
  const made = await json<{ items: number; representative: boolean; target: number }>(
    'create',
    'review',
    '--judge',
    'routing@1',
    '--evaluation',
    RUN,
  );
  assert.deepEqual([made.items, made.representative, made.target], [6, true, 12]);
  const items = await itemsOf('review');
  assert.deepEqual(
    items.map(({ weight }) => weight!).sort((a, b) => a - b),
    [1, 1, 1, 1, 4, 4],
  );
  assert.equal(
    items.reduce((sum, { weight }) => sum + weight!, 0),
    ITEMS,
  );
  assert.deepEqual(await auditOf('review'), [['tester', 'label.create']]);
  assert.match((await attune('list')).out, /review +open +routing@1 +6 +0 +12/);
});

test('ids, a tag, a policy without weights, traces and further questions choose and ask as said', async () => {
  const ids = ['--ids', 'item-00001,item-00003', '--policy', 'all', '--raters', '3'];
  await create('two', '--evaluation', RUN, ...ids, '--minimum', '2', '--deadline', '3d');
  const two = await getSession(database.db, { project: PROJECT, session: 'two' });
  assert.deepEqual([two.ratersPerItem, two.minimum, two.target], [3, 2, 6]);
  assert.ok(Math.abs(Date.parse(two.deadline!) - Date.now() - 3 * 86_400_000) < 60_000);
  assert.deepEqual((await itemsOf('two')).map(({ example }) => example).sort(), [
    'item-00001',
    'item-00003',
  ]);
  assert.ok(
    (await itemsOf('two')).every(({ weight }) => weight === null),
    'named by a person',
  );
  await create('odd', '--evaluation', RUN, '--where', 'part=align-labels', '--policy', 'random');
  assert.deepEqual(
    (await itemsOf('odd')).map(({ weight }) => weight),
    [4, 4, 4],
    'a quarter of the twelve',
  );
  const diverse = ['--policy', 'diverse', '--share', '0.5'];
  const told = await create('diverse', '--evaluation', RUN, ...diverse);
  assert.match(told.out, /not those of all outputs/);
  assert.ok((await itemsOf('diverse')).every(({ weight }) => weight === null));
  const asked = ['--question', 'why=Why so?', '--question', 'right:expectation=Which queue?'];
  await create('traces', '--trace', 'trace-4', '--trace', 'trace-2', ...asked);
  assert.deepEqual(
    (await itemsOf('traces')).map(({ traceId, weight }) => `${traceId} ${weight}`).sort(),
    ['trace-2 null', 'trace-4 null'],
  );
  const { questions } = await getSession(database.db, { project: PROJECT, session: 'traces' });
  assert.deepEqual(
    questions.map(({ name, kind, text }) => [name, kind, text]),
    [
      ['why', 'text', 'Why so?'],
      ['right', 'expectation', 'Which queue?'],
    ],
  );
});

const REFUSED: readonly (readonly [readonly string[], RegExp])[] = [
  [[], /name the outputs: either an evaluation, or one trace/],
  [['--evaluation', RUN, '--trace', 'trace-1'], /either an evaluation, or one trace/],
  [['--evaluation', 'none'], /evaluation `none` is not there; see `attune evaluate list`/],
  [['--trace', 'none'], /trace `none` is not there/],
  [['--evaluation', RUN, '--policy', 'best'], /--policy.*best.*failures-and-share/s],
  [['--evaluation', RUN, '--share', '25%'], /--share.*must be a number/s],
  [['--evaluation', RUN, '--share', '2'], /--share.*<=1/s],
  [['--evaluation', RUN, '--ids', 'item-1'], /--ids.*`item-1` has no output here/s],
  [['--evaluation', RUN, '--where', 'part'], /--where.*use tag=value/s],
  [['--evaluation', RUN, '--where', 'part=none'], /no output is left to label/],
  [['--evaluation', RUN, '--raters', '0'], /--raters.*>=1/s],
  [['--evaluation', RUN, '--raters', 'two'], /--raters.*must be a number/s],
  [['--evaluation', RUN, '--minimum', '1.5'], /--minimum.*expected int/s],
  [['--evaluation', RUN, '--minimum', '7'], /--minimum.*7 is more than the 6 items/s],
  [['--evaluation', RUN, '--deadline', 'soon'], /--deadline.*use a whole number with ms/s],
  [['--evaluation', RUN, '--question', 'why'], /--question.*use name=text/s],
  [['--evaluation', RUN, '--question', 'a:b=c'], /--question.*use name=text/s],
  [
    ['--evaluation', RUN, '--question', 'a=b', '--question', 'a=c'],
    /questions.*name of two questions/s,
  ],
];

test('a session that cannot be made as it was asked for ends with 2, says why, and leaves nothing behind', async () => {
  const there = await json<readonly unknown[]>('list');
  for (const [args, message] of REFUSED) {
    const { code, err } = await create('bad', ...args);
    assert.equal(code, 2, `${args.join(' ')}: ${err}`);
    assert.match(err, message);
  }
  const named = ['--evaluation', RUN, '--judge'] as const;
  const others: readonly (readonly [Ran, RegExp])[] = [
    [await create('Bad Name', '--evaluation', RUN), /name: use 1 to 100 of a-z/],
    [await create('review', '--evaluation', RUN), /label session `?review/],
    [await attune('create', 'bad', '--evaluation', RUN), /--judge <text>' not specified/],
    [await attune('create', 'bad', ...named, 'none'), /judge `none` is not there/],
    [await attune('create', 'bad', ...named, 'routing@9'), /judge `routing@9` is not there/],
  ];
  for (const [{ code, err }, message] of others) {
    assert.equal(code, 2, err);
    assert.match(err, message);
  }
  assert.deepEqual(await json('list'), there);
});

test('outputs of a gate are sealed: no session is made of them, by its run or by a trace of it', async () => {
  const { db } = database;
  const project = 'gated';
  const version = await importMessages(db, messages(0, 240), { project });
  const cycle = await cycleAtGate(db, { project, version });
  await gateActivities(db).freezeGate(cycle);
  await measure(db, cycle, planted(0));
  const [row] = await db
    .selectFrom('rollout')
    .select(['run', 'trace'])
    .where('project', '=', project)
    .where('trace', 'is not', null)
    .execute();
  for (const [option, value, message] of [
    ['--evaluation', row!.run, /is sealed/],
    ['--trace', row!.trace!, /trace `.*` is not there/],
  ] as const) {
    const from = [option, value];
    const args = ['label', 'create', 'peek', '--judge', 'routing', '--policy', 'all', ...from];
    const { code, err } = await attuneHere(args, { ...env(), ATTUNE_PROJECT: project });
    assert.equal(code, 2, err);
    assert.match(err, message);
  }
  assert.deepEqual(await listSessions(db, { project }), []);
});

type Link = { readonly rater: string; readonly url: string; readonly revokedAt: string | null };
const linkOf = async ({ url }: Link) => {
  const token = url.split('/label/')[1]!;
  const claim = readLink(await signingKey(database.db, PROJECT), PROJECT, token);
  return claim && getLink(database.db, { project: PROJECT, id: claim.id });
};

test('links are made one for each rater, given again while they last, made anew on request, and taken back', async () => {
  const raters = ['--rater', 'ana', '--rater', ' ben '];
  const first = await json<readonly Link[]>('links', 'review', ...raters);
  assert.deepEqual(
    first.map(({ rater }) => rater),
    ['ana', 'ben'],
  );
  const opened = await linkOf(first[0]!);
  assert.deepEqual([opened?.rater, opened?.session, opened?.revokedAt], ['ana', 'review', null]);
  const again = await json<readonly Link[]>('links', 'review', '--rater', 'ana');
  assert.equal(again[0]?.url, first[0]?.url);
  const fresh = await json<readonly Link[]>(
    'links',
    'review',
    '--rater',
    'ana',
    '--expires',
    '36h',
  );
  assert.notEqual(fresh[0]?.url, first[0]?.url);
  const expires = Date.parse((await linkOf(fresh[0]!))!.expiresAt);
  assert.ok(Math.abs(expires - Date.now() - 36 * 3_600_000) < 60_000);

  await json('links', 'review', '--revoke', 'ana');
  for (const link of [first[0]!, fresh[0]!])
    assert.ok((await linkOf(link))?.revokedAt, 'every link of the rater');
  assert.equal((await linkOf(first[1]!))?.revokedAt, null);
  const shown = await attune('links', 'review');
  assert.match(shown.out, /ana +revoked 20/);
  assert.match(shown.out, /ben +until 20.*http:\/\/127\.0\.0\.1:9\/label\//);
  const named = await attuneHere(['label', 'links', 'review'], {
    ...env(),
    ATTUNE_URL: 'https://attune.example/',
  });
  assert.match(named.out, /https:\/\/attune\.example\/label\/\w/);
  assert.deepEqual(
    (await auditOf('review')).filter(([, action]) => action === 'revoke'),
    [['tester', 'revoke']],
  );
});

test('links of no session, for no name, for no time, and none to revoke end with 2', async () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['none'], /label session `none` is not there/],
    [['review', '--rater', '  '], /raters.*1 to 100 characters/s],
    [['review', '--rater', 'x'.repeat(101)], /raters.*1 to 100 characters/s],
    [['review', '--rater', 'cleo', '--expires', 'never'], /--expires.*use a whole number with ms/s],
    [['review', '--revoke', 'nobody'], /open link of rater `nobody` is not there/],
  ];
  for (const [args, message] of cases) {
    const { code, err } = await attune('links', ...args);
    assert.equal(code, 2, err);
    assert.match(err, message);
  }
});

test('a session made by hand is closed once; one that a cycle waits for is not, and the remedy is named', async () => {
  assert.match((await attune('close', 'two')).out, /two is closed/);
  assert.equal((await attune('close', 'two')).code, 0);
  assert.deepEqual(await auditOf('two'), [
    ['tester', 'label.create'],
    ['tester', 'close'],
  ]);
  const ofCycle = await attune('close', review.session);
  assert.equal(ofCycle.code, 2);
  assert.match(ofCycle.err, /belongs to the cycle demo\/1.*labeling-complete demo\/1/s);
  const at = { project: PROJECT, session: review.session };
  assert.equal((await getSession(database.db, at)).state, 'open');
  const none = await attune('close', 'none');
  assert.equal(none.code, 2);
  assert.match(none.err, /label session `none` is not there; see `attune label list`/);
});

test('without a database a command of labels ends with 1 and says what to start', async () => {
  for (const args of [['list'], ['links', 'review'], ['close', 'two'], ['export']]) {
    const { code, err } = await attuneHere(['label', ...args]);
    assert.equal(code, 1, args.join(' '));
    assert.match(err, /No stack runs on .*attune up/s);
  }
});
