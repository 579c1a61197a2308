import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Json } from '../../../contracts/json.ts';
import { type UsageScorer, usageScorer } from '../../../contracts/scorer.ts';
import type { Trace } from '../../../contracts/trace.ts';
import {
  readUsage,
  renderUsageRequest,
  withRelevance,
} from '../../../domain/evaluate/usage-prompt.ts';
import { scoreUsage, toolRecords } from '../../../domain/evaluate/usage.ts';
import { readOtlp } from '../../../domain/trace/otlp.ts';
import { traceOfSpans } from '../../activities/scorers/spans.ts';

const TAU = join(
  process.env['ATTUNE_SHARED'] ?? join(import.meta.dirname, '../../../../shared'),
  'data/tau_airline',
);

const scorer = (more: object = {}): UsageScorer =>
  usageScorer.parse({ kind: 'tool-usage', name: 'tools', ...more });

const TOOLS = {
  lookup: 'finds a customer',
  offers: 'lists offers',
  ticket: 'opens a ticket',
  usage: 'shows use',
};

/** lookup worked, offers failed, ticket was not called, usage was called though nobody needed it. */
const trace = traceOfSpans('t', [
  { name: 'lookup' },
  { name: 'offers', status: 'ERROR', message: 'no customer' },
  { name: 'usage' },
  { name: 'usage' },
]);
const REQUIRED = new Set(['lookup', 'offers', 'ticket']);

test('the four classes: needed and used, used in vain, needed and not used, used without need', () => {
  const tools = scorer({ tools: TOOLS });
  const found = scoreUsage(toolRecords(trace, tools), REQUIRED, tools);
  assert.deepEqual(found.classes, {
    lookup: 'correct',
    offers: 'failed',
    ticket: 'missing',
    usage: 'incorrect',
  });
  assert.deepEqual([found.value, found.score], [3, 1 / 4]);
});

test('a failed call that was made good by another is correct; an unneeded tool that stayed unused counts nowhere', () => {
  const tools = scorer({ tools: { ...TOOLS, extra: '' } });
  const again = traceOfSpans('t', [{ name: 'offers', status: 'ERROR' }, { name: 'offers' }]);
  const found = scoreUsage(toolRecords(again, tools), new Set(['offers']), tools);
  assert.equal(found.classes['offers'], 'correct');
  assert.equal(found.classes['extra'], 'unneeded');
  assert.deepEqual([found.value, found.score], [0, 1]);
});

test('which tools, which mistakes, how many are let pass and what success means can be set', () => {
  const only = scorer({ tools: { lookup: '' } });
  assert.deepEqual(
    toolRecords(trace, only).map(({ tool }) => tool),
    ['lookup'],
  );
  const missing = scorer({ tools: TOOLS, mistakes: ['missing'] });
  assert.equal(scoreUsage(toolRecords(trace, missing), REQUIRED, missing).value, 1);
  const lenient = scorer({ tools: TOOLS, tolerated: 3 });
  assert.equal(scoreUsage(toolRecords(trace, lenient), REQUIRED, lenient).score, 1);
  const answered = traceOfSpans('t', [{ name: 'lookup', outputs: { result: 'Nobody found' } }]);
  const strict = scorer({ tools: { lookup: '' }, success: { unless: 'nobody found' } });
  assert.equal(
    scoreUsage(toolRecords(answered, strict), new Set(['lookup']), strict).classes['lookup'],
    'failed',
  );
  const status = scorer({ tools: TOOLS, success: { status: false } });
  assert.equal(
    scoreUsage(toolRecords(trace, status), REQUIRED, status).classes['offers'],
    'correct',
  );
});

test('one request asks about all tools, shows none of their calls, and names that are no tools are refused', () => {
  const tools = scorer({ tools: TOOLS });
  const records = toolRecords(trace, tools);
  const { messages, schema } = renderUsageRequest({
    scorer: tools,
    model: 'm',
    records,
    trace,
    inputs: { message: 'leave me alone' },
    outputs: { answer: 'ok' },
  });
  for (const tool of Object.keys(TOOLS))
    assert.match(messages[1]!.content, new RegExp(`"name":"${tool}"`));
  assert.doesNotMatch(messages[1]!.content, /no customer|ERROR|calls/);
  assert.match(JSON.stringify(schema), /"enum":\["lookup","offers","ticket","usage"\]/);
  const read = (reply: Json) => readUsage(reply, records, tools);
  assert.deepEqual(read({ rationale: 'r', required: [' Lookup'] }).required, ['lookup']);
  assert.throws(() => read({ required: ['delete'] }), /names "delete"; there are lookup, offers/);
  assert.throws(() => read({ rationale: 'r' }), /no list "required"/);
});

test('a retriever is correct when it was needed, used, and found something relevant', () => {
  const search = usageScorer.parse({
    kind: 'retriever-usage',
    name: 'search',
    tools: { docs: '', faq: '' },
  });
  const searched = traceOfSpans('t', [
    { name: 'docs', kind: 'retriever', outputs: ['about kettles'] },
    { name: 'faq', kind: 'retriever', outputs: ['about shoes'] },
  ]);
  const records = toolRecords(searched, search);
  const said = readUsage(
    { rationale: '', required: ['docs', 'faq'], relevant: ['docs'] },
    records,
    search,
  );
  const { classes } = scoreUsage(withRelevance(records, said), new Set(said.required), search);
  assert.deepEqual(classes, { docs: 'correct', faq: 'failed' });
});

type Raw = {
  readonly spans: readonly {
    name: string;
    status?: { code?: number };
    traceId: string;
    attributes: { key: string; value: { stringValue?: string } }[];
  }[];
};

/** Calls by tool and status, counted in the files themselves. */
function countedDirectly(files: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const file of files) {
    const payload = JSON.parse(readFileSync(file, 'utf8')) as {
      resourceSpans: { scopeSpans: Raw[] }[];
    };
    for (const span of payload.resourceSpans.flatMap((at) =>
      at.scopeSpans.flatMap(({ spans }) => spans),
    )) {
      if (!span.name.startsWith('execute_tool ')) continue;
      const key = `${span.name.slice('execute_tool '.length)} ${span.status?.code === 2 ? 'ERROR' : 'OK'}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
  }
  return counts;
}

test(
  'on tau-bench airline the counts by tool and status equal a direct count of the files',
  { skip: existsSync(TAU) ? false : 'no tau_airline data (ATTUNE_SHARED)' },
  () => {
    const files = readdirSync(TAU)
      .filter((name) => /^traces_\d+\.json$/.test(name))
      .map((name) => join(TAU, name));
    const counts: Record<string, number> = {};
    let traces = 0;
    for (const file of files) {
      const { spans } = readOtlp(JSON.parse(readFileSync(file, 'utf8')), { now: 0 });
      for (const [id, own] of Map.groupBy(spans, (at) => at.trace)) {
        traces += 1;
        const whole: Trace = {
          id,
          status: 'OK',
          inputs: null,
          outputs: null,
          spans: own,
        };
        for (const { tool, calls, worked } of toolRecords(whole, scorer())) {
          if (worked > 0) counts[`${tool} OK`] = (counts[`${tool} OK`] ?? 0) + worked;
          if (calls > worked)
            counts[`${tool} ERROR`] = (counts[`${tool} ERROR`] ?? 0) + calls - worked;
        }
      }
    }
    assert.equal(traces, 60);
    const direct = countedDirectly(files);
    assert.deepEqual(counts, direct);
    const errors = Object.entries(direct).filter(([key]) => key.endsWith('ERROR'));
    assert.equal(
      errors.reduce((sum, [, count]) => sum + count, 0),
      18,
    );
  },
);
