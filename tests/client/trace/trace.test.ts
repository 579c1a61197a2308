import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TraceSummary } from '../../../contracts/trace.ts';
import { getTrace, reserveTraces } from '../../../db/traces/traces.ts';
import { type OpenDatabase, openDatabase } from '../../db/database.ts';
import { PROJECT, startCycle, startRun } from '../../db/fixture.ts';
import { attribute, request, span, TRACE } from '../../server/otlp.ts';
import { attuneHere, type Ran } from '../cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-trace-'));
let database: OpenDatabase;
before(async () => {
  database = await openDatabase();
});
after(() => rmSync(folder, { recursive: true }));

const attune = (...args: readonly string[]): Promise<Ran> =>
  attuneHere(args, { DATABASE_URL: database.url, ATTUNE_PROJECT: PROJECT });
const file = (name: string, content: string | object): string => {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const list = async (...args: readonly string[]): Promise<readonly TraceSummary[]> => {
  const { code, out, err } = await attune('trace', 'search', ...args, '--json');
  assert.equal(code, 0, err);
  return (JSON.parse(out) as { traces: readonly TraceSummary[] }).traces;
};

test('before anything was imported a search says so, and a bad file or filter ends with 2 and the place', async () => {
  assert.equal((await attune('trace', 'search')).out, 'No trace matches.\n');
  const good = request(span('1'));
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [['import', file('a.json', 'hello')], /a\.json: is not JSON, nor JSON lines: /],
    [['import', file('b.json', '{"spans":[]}')], /b\.json: holds no span/],
    [['import', file('c.json', [])], /c\.json: holds no OTLP traces: it is not an object/],
    [['import', file('d.jsonl', `${JSON.stringify(good)}\nnope\n`)], /d\.jsonl:2: is not JSON/],
    [['import', file('e.jsonl', `${JSON.stringify(good)}\n[]\n`)], /e\.jsonl:2: holds no OTLP/],
    [['import', join(folder, 'none.json')], /none\.json: there is no such file/],
    [
      ['import', file('f.json', request(span('1'), span('2', { traceId: '7' })))],
      /f\.json: resourceSpans\[0\]\.scopeSpans\[0\]\.spans\[1\]: `traceId` is not 32 hex digits: "7"\nNothing was imported; --skip-bad/,
    ],
    [['search', 'latency > 5'], /filter, column 1: `latency` is no column; there are status/],
    [['search', 'status = OK and'], /filter, column 16: here a column is missing/],
    [['search', '--limit', 'all'], /--limit: `all` is no whole number from 1 to 10000/],
    [['show', TRACE], /trace `0af.*` does not exist/],
    [['tag', TRACE, 'a=b'], /`0af.*` does not exist/],
    [['tag', TRACE, 'a'], /tag `a`: is not written as name=value/],
    [['tag', TRACE], /tags: are missing: write reviewed=yes/],
  ];
  for (const [args, pattern] of cases) {
    const { code, err } = await attune('trace', ...args);
    assert.equal(code, 2, `${args.join(' ')}: ${err}`);
    assert.match(err, pattern);
  }
  assert.deepEqual(await list(), []);
});

test('a document a line is imported as one is, and bad spans can be left out', async () => {
  const other = span('1', { traceId: 'b'.repeat(32) });
  const lines = [request(span('1')), request(other, 'no span')].map((each) => JSON.stringify(each));
  const path = file('g.jsonl', `${lines.join('\n')}\n`);
  assert.equal((await attune('trace', 'import', path)).code, 2);
  const { code, out } = await attune('trace', 'import', path, '--skip-bad');
  assert.equal(code, 0);
  assert.match(out, /^2 spans of 2 traces: 2 spans and 2 traces are new\.$/m);
  assert.match(out, /left out: .*g\.jsonl:2: resourceSpans.*spans\[1\]: it is not an object/);
  assert.equal((await list()).length, 2);
});

test('a list that is cut says so, as text and as JSON', async () => {
  const { out, err } = await attune('trace', 'search', '--limit', '1');
  assert.equal(out.split('\n').filter((line) => line.includes('span 1')).length, 1);
  assert.match(err, /More traces match; --limit 10 shows more/);
  const json = await attune('trace', 'search', '--limit', '1', '--json');
  assert.equal((JSON.parse(json.out) as { more: boolean }).more, true);
  const all = await attune('trace', 'search', '--json');
  assert.equal((JSON.parse(all.out) as { more: boolean }).more, false);
});

test('a trace is shown with times from its start, tokens, tags, errors and what was mended', async () => {
  const child = {
    parentSpanId: '1'.repeat(16),
    startTimeUnixNano: '1700000000010000000',
    endTimeUnixNano: '1700000000005000000',
    status: { code: 2, message: 'no route\u001b[2J' },
    attributes: [
      attribute('gen_ai.operation.name', 'chat'),
      { key: 'gen_ai.usage.input_tokens', value: { intValue: '1200' } },
    ],
  };
  await attune('trace', 'import', file('h.json', request(span('1'), span('2', child))));
  await attune('trace', 'tag', TRACE, 'reviewed=yes', 'team=billing');
  await attune('trace', 'tag', TRACE, 'reviewed=yes');
  const { out } = await attune('trace', 'show', TRACE);
  assert.match(
    out,
    /^0af7651916cd43dd8448eb211c80319c {2}OK {2}2023-11-14 22:13:20 {2}250 ms {2}1,200 > 0$/m,
  );
  assert.match(out, /^tags {5}reviewed=yes, team=billing$/m);
  assert.match(out, /^inputs {3}not recorded$/m);
  assert.match(out, /^span 1 +other +OK +250 ms +\+0 ms$/m);
  assert.match(out, /^ {2}span 2 +model +ERROR +0 ms +\+10 ms +1,200 > 0 +no route�\[2J$/m);
  assert.match(out, /^remark: span 2222222222222222: it ended 5\.000 ms before its start/m);
  assert.match(
    (await attune('trace', 'show', TRACE, '--full')).out,
    /gen_ai\.operation\.name = chat/,
  );
  await attune('trace', 'tag', TRACE, '--remove', 'team');
  assert.deepEqual(
    (await list('tag.reviewed = yes')).map(({ tags }) => tags),
    [{ reviewed: 'yes' }],
  );
});

test('the start of an id is enough where it names one trace', async () => {
  assert.match(
    (await attune('trace', 'show', '0af76519')).out,
    /^0af7651916cd43dd8448eb211c80319c/,
  );
  const { code, err } = await attune('trace', 'show', '0af7');
  assert.equal(code, 2);
  assert.match(err, /write at least 8 characters of an id/);
});

test('a sealed trace is neither found nor shown', async () => {
  const run = await startRun(database.db, await startCycle(database.db), 'gate');
  await reserveTraces(database.db, { project: PROJECT, run: run.name, ids: ['b'.repeat(32)] });
  assert.deepEqual(
    (await list()).map(({ id }) => id),
    [TRACE],
  );
  for (const id of ['b'.repeat(32), 'b'.repeat(10)]) {
    const { code, out, err } = await attune('trace', 'show', id);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, id.length === 32 ? /is sealed/ : /does not exist/);
  }
  await assert.rejects(getTrace(database.db, { project: PROJECT, id: 'b'.repeat(32) }));
});
