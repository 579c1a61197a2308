import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Trace } from '../../contracts/trace.ts';
import type { Value } from '../../contracts/value.ts';
import type { Db } from '../../db/connect.ts';
import type { Cycle } from '../../db/cycles/cycles.ts';
import { recordLabels, withdrawLabel } from '../../db/labels/labels.ts';
import { addArm, planRollouts, saveAssessments } from '../../db/runs/runs.ts';
import { importSpans, saveTraces, tagTraces } from '../../db/traces/traces.ts';
import { searchTraces } from '../../db/traces/search.ts';
import { parseFilter } from '../../domain/trace/filter.ts';
import { openDatabase } from './database.ts';
import { outputs, PROJECT, startCycle, startRun } from './fixture.ts';
import { received } from './received.ts';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const HOUR = 3_600_000;
const id = (letter: string): string => letter.repeat(32);

let db: Db;
let cycle: Cycle;

/** Letters of the traces a filter finds, oldest first. */
async function found(filter: string): Promise<string> {
  const { traces } = await searchTraces(db, {
    project: PROJECT,
    filter: parseFilter(filter, { now: NOW }),
    limit: 100,
  });
  return traces
    .map((trace) => trace.id[0])
    .toReversed()
    .join('');
}

// a: fast and fine; b: slow, failed, its tool too; c: of a conversation, with tokens; d, e: of a run, judged and labelled.
before(async () => {
  ({ db } = await openDatabase());
  cycle = await startCycle(db);
  const at = (letter: string, hours: number, ms: number) => ({
    trace: id(letter),
    start: NOW - hours * HOUR,
    end: NOW - hours * HOUR + ms,
  });
  await importSpans(db, {
    project: PROJECT,
    spans: [
      received('1', { ...at('a', 50, 100), name: 'greet', inputs: { say: 'Über "mich" 100%' } }),
      received('1', { ...at('b', 40, 9000), status: 'ERROR', message: 'no route' }),
      received('2', {
        ...at('b', 40, 20),
        parent: '1'.repeat(16),
        kind: 'tool',
        name: 'cancel_order',
        status: 'ERROR',
        message: 'Error: order_7 not found',
      }),
      received('1', {
        ...at('c', 30, 400),
        session: 'talk 1',
        kind: 'model',
        usage: { inputTokens: 900, outputTokens: 100 },
        outputs: 'a refund',
      }),
    ],
  });
  await tagTraces(db, {
    project: PROJECT,
    ids: [id('a')],
    tags: { eval: 'complete', 'seen by': 'ana' },
  });
  await tagTraces(db, { project: PROJECT, ids: [id('b')], tags: { eval: 'open' } });
  await judged();
});

/** Two recorded outputs with their traces, the judge's verdicts and a person's labels; one label is superseded. */
async function judged(): Promise<void> {
  const run = await startRun(db, cycle, 'evaluate');
  const at = { project: PROJECT, run: run.name };
  await addArm(db, { ...at, arm: 'incumbent', texts: { router: 'one' } });
  const rows = [
    { letter: 'd', example: 'align-labels-1', value: true as Value, score: 1 },
    { letter: 'e', example: 'align-labels-2', value: false as Value, score: 0 },
  ];
  const cells = rows.map(({ letter, example }) => ({
    arm: 'incumbent',
    example,
    trial: 0,
    recorded: { outputs: outputs(letter), traceId: id(letter) },
  }));
  await planRollouts(db, { ...at, cells });
  const traces = rows.map(({ letter }, n): Trace => {
    const start = NOW - (2 - n) * HOUR;
    const { trace: _trace, session: _session, origin: _origin, ...span } = received('1');
    const spans = [{ ...span, start, end: start + 1000 }];
    return { id: id(letter), status: 'OK', inputs: {}, outputs: outputs(letter), spans };
  });
  await saveTraces(db, { ...at, traces });
  await saveAssessments(db, {
    ...at,
    assessments: rows.map(({ value, score }, ordinal) => ({
      ordinal,
      scorer: cycle.judge,
      assessment: {
        name: 'routing',
        value,
        score,
        rationale: null,
        error: null,
        source: `judge:${cycle.judge}`,
        evidence: {},
      },
    })),
  });
  for (const [letter, value] of [
    ['d', false],
    ['e', true],
    ['e', false],
  ] as const)
    await recordLabels(db, {
      project: PROJECT,
      lines: [{ trace_id: id(letter), rater: 'ana', name: 'routing', value }],
      now: NOW,
      faultOf: () => null,
    });
}

const cases: readonly (readonly [filter: string, letters: string])[] = [
  ['status = ERROR', 'b'],
  ['status != error', 'acde'],
  ['latency_ms > 5000', 'b'],
  ['latency_ms <= 400', 'ac'],
  ['tokens >= 1000', 'c'],
  ['input_tokens = 900 and output_tokens < 101', 'c'],
  ['not tokens > 0', 'abde'],
  ['spans = 2', 'b'],
  ['start > -24h', 'de'],
  ['start < 2026-11-20 and start >= "2026-11-19 20:00"', 'b'],
  ['session = "talk 1"', 'c'],
  ['not session = "talk 1"', 'abde'],
  ['session != "talk 1"', ''],
  ['name ~ GREET', 'a'],
  [`id = ${id('c')}`, 'c'],
  ['run ~ evaluate', 'de'],
  ['tool = cancel_order', 'b'],
  ['error ~ "ORDER_7 not"', 'b'],
  ['error ~ "order%"', ''],
  ['text ~ "refund"', 'c'],
  ['text ~ \'über "mich" 100%\'', 'a'],
  ['text ~ cancel_order', 'b'],
  ['tag.eval = complete', 'a'],
  ['tag.eval != complete', 'b'],
  ['not tag.eval = complete', 'bcde'],
  ['tag.eval ~ COM', 'a'],
  ['tag."seen by" = ana', 'a'],
  ['judge.routing = yes', 'd'],
  ['judge.routing = no', 'e'],
  ['judge.routing = false', 'e'],
  ['judge.routing != no', 'd'],
  ['judge.routing < 0.5', 'e'],
  ['judge.other = no', ''],
  ['label.routing = no', 'de'],
  ['label.routing = yes', ''],
  ['judge.routing = yes and label.routing = no', 'd'],
  ['status = ERROR or tag.eval = complete and start < -49h', 'ab'],
  ['(status = ERROR or tag.eval = complete) and start < -49h', 'a'],
];

for (const [filter, letters] of cases)
  test(`\`${filter}\` finds ${letters === '' ? 'nothing' : letters}`, async () => {
    assert.equal(await found(filter), letters);
  });

test('a label that its rater took back matches no filter, and counts again once it is given again', async () => {
  const said = (value: boolean) =>
    recordLabels(db, {
      project: PROJECT,
      lines: [{ trace_id: id('d'), rater: 'ben', name: 'routing', value }],
      now: NOW,
      faultOf: () => null,
    });
  const [given] = await said(true);
  assert.equal(await found('label.routing = yes'), 'd');
  const { example, outputHash } = given!.label;
  const target = { example, outputHash };
  const of = { project: PROJECT, name: 'routing', rater: 'ben', target, late: false };
  assert.ok(await withdrawLabel(db, of));
  assert.equal(await found('label.routing = yes'), '');
  assert.equal(await found('label.routing = no'), 'de', 'what others said stands');
  await said(true);
  assert.equal(await found('label.routing = yes'), 'd');
  await withdrawLabel(db, of);
});

test('what a gate’s judge said of recorded outputs is told by no search', async () => {
  await db.updateTable('trace').set({ run: null }).execute();
  assert.equal(await found('judge.routing = yes'), 'd');
  await db.updateTable('run').set({ kind: 'gate' }).execute();
  assert.equal(await found('judge.routing = yes or judge.routing = no'), '');
  assert.equal(await found('start > -24h'), 'de');
});
