import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, test } from 'node:test';
import type { StoredTrace, TraceSummary } from '../../../contracts/trace.ts';
import { type OpenDatabase, openDatabase } from '../../db/database.ts';
import { attuneHere, type Ran } from '../cli.ts';

const folder = resolve(process.env['ATTUNE_SHARED'] ?? '../shared', 'data/tau_airline');
const skip = !existsSync(folder) && `${folder} is not there: set ATTUNE_SHARED`;

type Attribute = { readonly key: string; readonly value: { readonly stringValue?: string } };
type OtlpSpan = {
  readonly traceId: string;
  readonly name: string;
  readonly status: { readonly code: number };
  readonly attributes: readonly Attribute[];
};

const files = skip === false ? readdirSync(folder).filter((file) => file.endsWith('.json')) : [];
const paths = files.map((file) => join(folder, file));

/** The spans as they stand in the files, read by nothing of ours. */
const direct = (): readonly OtlpSpan[] =>
  paths.flatMap((path) => {
    const { resourceSpans } = JSON.parse(readFileSync(path, 'utf8')) as {
      resourceSpans: { scopeSpans: { spans: OtlpSpan[] }[] }[];
    };
    return resourceSpans.flatMap((group) => group.scopeSpans.flatMap(({ spans }) => spans));
  });

const tally = (names: readonly string[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    [...Map.groupBy(names, (name) => name)].map(([name, all]) => [name, all.length] as const),
  );

const sessionOf = ({ attributes }: OtlpSpan) =>
  attributes.find(({ key }) => key === 'gen_ai.conversation.id')?.value.stringValue;

let database: OpenDatabase;
const attune = (...args: readonly string[]): Promise<Ran> =>
  attuneHere(args, { DATABASE_URL: database.url, ATTUNE_PROJECT: 'test' });
async function json<T>(...args: readonly string[]): Promise<T> {
  const { code, out, err } = await attune(...args, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out) as T;
}

const list = async (...args: readonly string[]): Promise<readonly TraceSummary[]> =>
  (await json<{ traces: readonly TraceSummary[] }>('trace', 'search', ...args)).traces;

before(async () => {
  if (skip === false) database = await openDatabase();
});

test('the airline traces import whole, and a second time change nothing', { skip }, async () => {
  const done = await json<object>('trace', 'import', ...paths);
  assert.deepEqual(done, {
    traces: 60,
    spans: 1077,
    newTraces: 60,
    newSpans: 1077,
    refused: [],
    remarks: [],
  });
  const again = await json<{ newTraces: number; newSpans: number }>('trace', 'import', ...paths);
  assert.deepEqual([again.newTraces, again.newSpans], [0, 0]);
});

test(
  'calls per tool, failures and sessions equal a direct count of the files',
  { skip },
  async () => {
    const all = await list('--limit', '100');
    assert.equal(all.length, 60);
    const { rows } = await queryTools();
    const spans = direct();
    const tools = spans.filter(({ name }) => name.startsWith('execute_tool '));
    assert.deepEqual(
      Object.fromEntries(rows.map(({ name, calls }) => [name, calls])),
      tally(tools.map(({ name }) => name.slice('execute_tool '.length))),
    );
    assert.equal(
      rows.reduce((sum, { failed }) => sum + failed, 0),
      spans.filter(({ status }) => status.code === 2).length,
    );
    assert.deepEqual(
      Object.fromEntries(all.map(({ id, session }) => [id, session])),
      Object.fromEntries(
        spans.flatMap((span) => {
          const session = sessionOf(span);
          return session === undefined ? [] : [[span.traceId, session]];
        }),
      ),
    );
  },
);

test('search by tool counts the traces that call it', { skip }, async () => {
  const spans = direct();
  const callers = new Set(
    spans
      .filter(({ name }) => name === 'execute_tool cancel_reservation')
      .map(({ traceId }) => traceId),
  );
  const found = await list('tool = cancel_reservation');
  assert.deepEqual(found.map(({ id }) => id).sort(), [...callers].sort());
  assert.ok(callers.size > 0);
});

test(
  'a trace of either form of attributes reads the same way: messages in, text out, arguments as objects',
  { skip },
  async () => {
    for (const task of ['1', '40']) {
      const [hit] = await list(`tool ~ get and session ~ airline/${task}/`);
      const trace = await json<StoredTrace>('trace', 'show', hit!.id);
      const [root, chat] = trace.spans;
      assert.equal(root?.kind, 'agent');
      assert.match(JSON.stringify(trace.inputs), /^\[\{"role":"user","content":"[^"]/);
      assert.equal(typeof trace.outputs, 'string');
      assert.equal(chat?.kind, 'model');
      const tool = trace.spans.find(({ kind }) => kind === 'tool');
      assert.equal(typeof tool?.inputs, 'object');
      assert.equal(tool?.attributes['gen_ai.tool.name'], tool?.name);
      assert.equal(tool?.origin?.name, `execute_tool ${tool?.name}`);
    }
  },
);

test('a trace is shown as a tree with kinds, times and failures', { skip }, async () => {
  const failed = await list('error ~ "Error: "');
  const { out } = await attune('trace', 'show', failed[0]!.id);
  assert.match(out, /^invoke_agent airline-agent +agent +OK/m);
  assert.match(out, /^ {2}chat gpt-4o +model +OK +\d/m);
  assert.match(out, /^ {2}\w+ +tool +ERROR +.*Error: /m);
});

async function queryTools() {
  const { sql } = await import('kysely');
  return sql<{ name: string; calls: number; failed: number }>`
    select name, count(*)::integer as calls,
      (count(*) filter (where status = 'ERROR'))::integer as failed
    from span where kind = 'tool' group by name order by name`.execute(database.db);
}
