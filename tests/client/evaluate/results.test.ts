import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { array, assert as holds, asyncProperty, constantFrom, double, oneof } from 'fast-check';
import { sql } from 'kysely';
import { evaluationSections } from '../../../client/evaluate/sections.ts';
import { junitXml } from '../../../client/evaluate/junit.ts';
import { resultsOf } from '../../../client/evaluate/results.ts';
import { hashJson } from '../../../contracts/hash.ts';
import { createReplyStore } from '../../../db/engines/replies.ts';
import type { Db } from '../../../db/connect.ts';
import { createJudgeVersion } from '../../../db/versions/judges.ts';
import * as runs from '../../../db/runs/runs.ts';
import { openDatabase, type OpenDatabase } from '../../db/database.ts';
import { DEFINITION, example, importRows, PROJECT } from '../../db/fixture.ts';

const ROWS = 40;
const tags = (n: number) => ({ part: 'train', kind: n % 3 === 0 ? 'third' : 'other' });

let open: OpenDatabase;
let db: Db;
before(async () => {
  open = await openDatabase();
  ({ db } = open);
  await importRows(
    db,
    Array.from({ length: ROWS }, (_, n) => example(`row-${n}`, { tags: tags(n) })),
  );
  await createJudgeVersion(db, { project: PROJECT, definition: DEFINITION, memory: null });
});

/** What became of one row: the agent failed, it is not there yet, or a judge said something, nothing, or that it does not apply. */
const outcome = oneof(
  constantFrom('failed', 'missing', 'pending', 'unassessed', 'error', 'not-applicable' as const),
  double({ min: 0, max: 1, noNaN: true }),
);
type Outcome =
  'failed' | 'missing' | 'pending' | 'unassessed' | 'error' | 'not-applicable' | number;

async function store(name: string, outcomes: readonly Outcome[]): Promise<runs.Run> {
  const run = `evaluate/${name}`;
  const at = { project: PROJECT, run };
  await runs.createRun(db, {
    alone: { project: PROJECT, datasetVersion: 'messages@1', spec: { agent: 'a', models: {} } },
    name: run,
    kind: 'evaluate',
    scorers: ['routing@1'],
    agent: 'a',
    agentFingerprint: 'f',
    models: {},
  });
  await runs.addArm(db, { ...at, arm: 'one', texts: {} });
  const cells = outcomes.map((_, n) => ({ arm: 'one', example: `row-${n}`, trial: 0 }));
  await runs.planRollouts(db, { ...at, cells });
  const status = (of: Outcome) => (of === 'failed' || of === 'missing' ? of : ('ok' as const));
  const rollouts = outcomes.flatMap((of, ordinal) => {
    const outputs = status(of) === 'ok' ? { route: 'x' } : null;
    if (of === 'pending') return [];
    return [
      {
        run,
        ordinal,
        arm: 'one',
        example: `row-${ordinal}`,
        trial: 0,
        status: status(of),
        outputs,
        outputHash: outputs && hashJson(outputs),
        traceId: null,
        error: outputs === null ? { kind: 'agent', message: 'broke' } : null,
        latencyMs: ordinal,
        price: 0.01,
      },
    ];
  });
  await runs.saveRollouts(db, { project: PROJECT, rollouts });
  const assessments = outcomes.flatMap((of, ordinal) => {
    if (typeof of !== 'number' && of !== 'error' && of !== 'not-applicable') return [];
    const error = of === 'error' ? { kind: 'rate-limited', message: 'no reply' } : null;
    const score = typeof of === 'number' ? of : null;
    const said = { name: 'routing', value: score === null ? null : true, score, rationale: 'r' };
    return [
      {
        ordinal,
        scorer: 'routing@1',
        assessment: { ...said, error, source: 'judge', evidence: {} },
      },
    ];
  });
  await runs.saveAssessments(db, { ...at, assessments });
  return runs.getRun(db, at);
}

/** The same figures, told by the database itself. */
async function fromTables(run: string, kind: string | null) {
  const { rows } = await sql<Record<string, number | null>>`
    with said as (
      select o.status, a.scorer, a.error, case when o.status = 'failed' then 0 else a.score end as score
      from rollout o
      join dataset_row r on r.project = o.project and r.version = 'messages@1' and r.example = o.example
      join example e on e.project = o.project and e.id = r.example and e.hash = r.hash
      left join assessment a on a.project = o.project and a.run = o.run and a.ordinal = o.ordinal
        and o.status = 'ok'
      where o.run = ${run} and (${kind}::text is null or e.tags ->> 'kind' = ${kind})
    )
    select count(*) filter (where score is not null)::integer as n, avg(score) as mean,
      count(*) filter (where status = 'failed')::integer as failed,
      count(*) filter (where status in ('missing', 'pending')
        or (status = 'ok' and (scorer is null or error is not null)))::integer as missing,
      count(*) filter (where status = 'ok' and scorer is not null and error is null
        and score is null)::integer as "notApplicable",
      percentile_cont(0.5) within group (order by score) as p50,
      percentile_cont(0.95) within group (order by score) as p95,
      percentile_cont(0.99) within group (order by score) as p99
    from said`.execute(db);
  return rows[0]!;
}

const close = (a: number | null | undefined, b: number | null | undefined): boolean =>
  a == null || b == null ? a == b : Math.abs(a - b) < 1e-9;

/** Every byte of the tables that results come from. */
async function tables(): Promise<string> {
  const { rows } = await sql<{ hash: string }>`
    select md5(concat((select string_agg(r::text, '|' order by run, ordinal) from rollout r),
      (select string_agg(a::text, '|' order by run, ordinal) from assessment a),
      (select string_agg(m::text, '|' order by key) from model_reply m))) as hash`.execute(db);
  return rows[0]!.hash;
}

test('a stored table and its metrics never disagree: every figure is what the tables themselves say', async () => {
  let n = 0;
  await holds(
    asyncProperty(array(outcome, { minLength: 1, maxLength: ROWS }), async (outcomes) => {
      n += 1;
      const run = await store(`p${n}`, outcomes);
      const stored = await tables();
      const results = await resultsOf(db, run, [{ scorer: 'routing', min: 0.5, errors: 0.05 }]);
      assert.deepEqual(
        await resultsOf(db, run, [{ scorer: 'routing', min: 0.5, errors: 0.05 }]),
        results,
      );
      assert.equal(await tables(), stored, 'reading changes nothing');
      const parts = results.slices['routing']!.filter(({ tag }) => tag === 'kind');
      const told = [
        { kind: null, found: results.scorers['routing']! },
        ...parts.map(({ value, found }) => ({ kind: value, found })),
      ];
      for (const { kind, found } of told) {
        const direct = await fromTables(run.name, kind);
        const { n: count, failed, missing, notApplicable, mean, percentiles } = found;
        assert.deepEqual(
          { n: count, failed, missing, notApplicable },
          {
            n: direct['n'],
            failed: direct['failed'],
            missing: direct['missing'],
            notApplicable: direct['notApplicable'],
          },
        );
        assert.ok(close(mean, direct['mean']), `${mean} and ${direct['mean']}`);
        for (const at of ['p50', 'p95', 'p99'] as const)
          assert.ok(close(percentiles?.[at] ?? null, direct[at]), at);
      }
      await sameEverywhere(run, results);
    }),
    { numRuns: 25 },
  );
});

/** The terminal's table and the JUnit file tell what the results tell. */
async function sameEverywhere(
  run: runs.Run,
  results: Awaited<ReturnType<typeof resultsOf>>,
): Promise<void> {
  const { n, missing, failed, notApplicable } = results.scorers['routing']!;
  const scores = evaluationSections(results).find(({ title }) => title === 'Scores')!.blocks[0]!;
  assert.ok(scores.kind === 'table');
  assert.deepEqual(scores.rows[0]!.slice(3, 7), [n, missing, failed, notApplicable].map(String));
  const rows = await runs.loadResults(db, { project: PROJECT, run: run.name });
  const junit = junitXml(results, { routing: rows });
  assert.match(
    junit,
    new RegExp(
      `name="routing" tests="${rows.length}" .*errors="${missing}" skipped="${notApplicable}"`,
    ),
  );
}

test('cost by model and purpose is the sum of the replies that are stored', async () => {
  const run = await store('paid', [1, 0]);
  const replies = await createReplyStore(db, open.url);
  const usage = { inputTokens: 10, cachedTokens: 0, outputTokens: 5 };
  const reply = (key: string, purpose: 'agent' | 'judge', latencyMs: number) => ({
    key,
    purpose,
    model: `m-${purpose}`,
    project: PROJECT,
    cycle: run.payer,
    draw: key,
    reply: {},
    usage,
    price: 0.25,
    latencyMs,
  });
  const made = [reply('a', 'agent', 10), reply('b', 'agent', 30), reply('c', 'judge', 5)];
  await replies.claim(made.map(({ key }) => key));
  await replies.store(made);
  await replies.close();
  const results = await resultsOf(db, run, []);
  assert.deepEqual(
    results.usage.map((of) => [of.purpose, of.model, of.calls, of.price, of.latency.p50]),
    [
      ['agent', 'm-agent', 2, 0.5, 20],
      ['judge', 'm-judge', 1, 0.25, 5],
    ],
  );
  assert.deepEqual(results.models, ['agent: m-agent', 'judge: m-judge']);
  assert.deepEqual(results.parameters, { 'routing@1': { kind: 'judge', model: null } });
});
