import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { saveAnswer } from '../../db/labels/answers.ts';
import { listAudit } from '../../db/audit.ts';
import { listLabels } from '../../db/labels/labels.ts';
import { closeSession } from '../../db/labels/sessions.ts';
import { answerFault } from '../../domain/label/answer-fault.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { openLabelSession, type OpenSession } from '../server/session.ts';
import { attuneHere, type Ran } from './cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-label-files-'));
let database: OpenDatabase;
let open: OpenSession;
before(async () => {
  database = await openDatabase();
  open = await openLabelSession(database.db);
});
after(() => rmSync(folder, { recursive: true }));

const attune = (...args: readonly string[]): Promise<Ran> =>
  attuneHere(['label', ...args], { DATABASE_URL: database.url, ATTUNE_PROJECT: PROJECT });
const exported = async (...args: readonly string[]) => {
  const { code, out, err } = await attune('export', ...args, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out) as readonly { rater: string; value: unknown; rationale?: string }[];
};
const line = (trace: number, changes: object = {}) => ({
  trace_id: open.traces[trace],
  rater: 'ana',
  name: 'routing',
  value: true,
  ...changes,
});
function importing(...lines: readonly (object | string)[]): Promise<Ran> {
  const path = join(folder, 'labels.jsonl');
  const texts = lines.map((of) => (typeof of === 'string' ? of : JSON.stringify(of)));
  writeFileSync(path, texts.join('\n'));
  return attune('import', path);
}

test('a file with one bad line is refused with the number of the line, and none of it is recorded', async () => {
  const cases: readonly (readonly [object | string, RegExp])[] = [
    ['{"trace_id": ', /labels\.jsonl:2: not JSON/],
    [line(1, { rater: undefined }), /labels\.jsonl:2: rater/],
    [line(1, { score: 1 }), /labels\.jsonl:2: .*score/],
    [line(1, { trace_id: undefined }), /labels\.jsonl:2: name either trace_id or row_id/],
    [line(1, { row_id: 'judge-test-1' }), /labels\.jsonl:2: name either trace_id or row_id/],
    [line(1, { trace_id: 'none' }), /labels\.jsonl:2: trace `none` is not known/],
    [line(1, { output_hash: '0'.repeat(64) }), /labels\.jsonl:2: .*has the output/],
    [
      line(1, { trace_id: undefined, row_id: 'sealed-1' }),
      /labels\.jsonl:2: row `sealed-1` is not known, or has no output/,
    ],
    [line(1, { name: 'tone' }), /labels\.jsonl:2: `tone` is not what session/],
    [line(1, { value: 'yes' }), /labels\.jsonl:2: value "yes" is not true or false/],
  ];
  for (const [bad, message] of cases) {
    const { code, err } = await importing(line(0), bad);
    assert.equal(code, 2, err);
    assert.match(err, message);
  }
  const empty = await importing('', '');
  assert.equal(empty.code, 2);
  assert.match(empty.err, /holds no label/);
  const missing = await attune('import', join(folder, 'none.jsonl'));
  assert.equal(missing.code, 2);
  assert.match(missing.err, /none\.jsonl/);
  assert.deepEqual(await listLabels(database.db, { project: PROJECT }), []);
});

test('a line that repeats one says so, another value supersedes, and the audit names rater and importer', async () => {
  assert.match((await importing(line(0), line(0), line(1))).out, /3 labels: 2 new.*1 were there/s);
  const edited = await importing(line(0, { value: false, rationale: 'on reflection' }));
  assert.match(edited.out, /1 label: 0 new, 1 superseded/);
  const audit = await listAudit(database.db, { project: PROJECT, subject: open.session });
  assert.deepEqual(
    audit.map(({ who, action, detail }) => [who, action, (detail as { by: string }).by]),
    [0, 1, 2].map(() => ['ana', 'label', 'tester']),
  );
});

test('an export holds the last label of each rater, nothing that was taken back, and with --all what was superseded', async () => {
  const at = { project: PROJECT, session: open.session, rater: 'ben', ordinal: 2, now: Date.now() };
  for (const value of [true, false])
    await saveAnswer(database.db, { ...at, answer: { value }, faultOf: answerFault });
  assert.equal((await exported()).length, 3);
  await saveAnswer(database.db, { ...at, answer: null, faultOf: answerFault });
  assert.deepEqual(
    (await exported()).map(({ rater, value, rationale }) => [rater, value, rationale]),
    [
      ['ana', false, 'on reflection'],
      ['ana', true, undefined],
    ],
    'ben took his back: neither value of his is exported',
  );
  assert.equal((await exported('--all')).length, 5);
  assert.equal((await exported('--session', open.session)).length, 2);
  const lines = (await attune('export')).out.trim().split('\n');
  assert.deepEqual(JSON.parse(lines[0]!), {
    trace_id: open.traces[0],
    output_hash: (await listLabels(database.db, { project: PROJECT }))[0]!.outputHash,
    rater: 'ana',
    name: 'routing',
    value: false,
    rationale: 'on reflection',
  });
  const none = await attune('export', '--session', 'none');
  assert.equal(none.code, 2);
  assert.match(none.err, /label session `none` is not there/);
});

test('labels that are imported after the end of their session are kept, and counted as late', async () => {
  await closeSession(database.db, { project: PROJECT, session: open.session, endedBy: 'signal' });
  assert.match((await importing(line(3))).out, /1 label: 1 new.*; 1 came late/);
});
