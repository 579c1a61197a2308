import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Snapshot } from '../../../contracts/judge.ts';
import type { Json } from '../../../contracts/json.ts';
import { exampleBudget } from '../../../domain/align/batches.ts';
import { renderDistillRequest, tokensOf } from '../../../domain/align/distill-prompt.ts';
import { type AlignTurn, resumeAlignment, startAlignment } from '../../../domain/align/memalign.ts';
import type { AlignAsk } from '../../../domain/align/memalign-state.ts';
import type { Reply } from '../../../domain/engine.ts';
import { buildSnapshots } from '../../../domain/align/snapshot.ts';
import { labelled, routing, snapshotsOf } from './fixture.ts';

const policy = { guidelines: 20, shown: 5 };
const limit = 128_000;
const start = (snapshots: readonly Snapshot[], more = {}) =>
  startAlignment({ snapshots, policy, reflectionInputLimitTokens: limit, ...more });

const asked = (turn: AlignTurn): readonly AlignAsk[] => {
  assert.equal(turn.kind, 'ask');
  return turn.kind === 'ask' ? turn.asks : [];
};
const ended = (turn: AlignTurn) => {
  assert.equal(turn.kind, 'done');
  if (turn.kind !== 'done') throw new Error('unreachable');
  return turn.result;
};
/** State as it comes back from the store. */
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Answers each ask by its kind, until done. */
function run(first: AlignTurn, answer: (ask: AlignAsk) => Json | { unscored: string }) {
  let turn = first;
  const asks: AlignAsk[] = [];
  while (turn.kind === 'ask') {
    asks.push(...turn.asks);
    const replies = Object.fromEntries(
      turn.asks.map((ask): [string, Reply] => {
        const said = answer(ask);
        const failed = said !== null && typeof said === 'object' && 'unscored' in said;
        return [ask.id, failed ? (said as { unscored: string }) : { ok: said }];
      }),
    );
    assert.ok(turn.asks.length > 0, 'the engine waits for nothing');
    turn = resumeAlignment(stored(turn.state), replies);
  }
  return { asks, result: turn.result };
}

const ruleOf = (text: string, ...sources: readonly Json[]) => ({ text, sources });
const keep = (ask: AlignAsk): Json =>
  ask.kind === 'consolidate'
    ? {
        guidelines: ask.rules.map(({ id, text }) => ({ text, merged: [id] })),
        contradictions: [],
      }
    : ask.kind === 'distill'
      ? { guidelines: [ruleOf(`rule of ${ask.id}`, 1, 2)] }
      : null;

test('200 labels cost four distillations and one embedding at once, then one consolidation', () => {
  const { asks, result } = run(start(snapshotsOf(200)), keep);
  assert.deepEqual(
    asks.map(({ id }) => id),
    ['distill-1', 'distill-2', 'distill-3', 'distill-4', 'embed-1', 'consolidate'],
  );
  assert.ok(result.kind === 'aligned' && result.guidelines.length === 4);
});

test('10,000 labels are batched within both limits and every one is in one batch', () => {
  const snapshots = snapshotsOf(10_000);
  const asks = asked(start(snapshots));
  const distilled = asks.filter(({ kind }) => kind === 'distill');
  const ids = distilled.flatMap((ask) => (ask.kind === 'distill' ? ask.snapshots : []));
  assert.deepEqual([distilled.length, asks.length], [200, 250]);
  assert.equal(new Set(ids).size, 10_000);
});

test('long cases make smaller batches that stay within the token limit', () => {
  const items = Array.from({ length: 60 }, (_, at) => ({
    ...labelled(at, { value: true, rationale: 'r'.repeat(50_000) }),
    fields: { inputs: { text: 'i'.repeat(30_000) }, outputs: { parts: Array(3_000).fill('x') } },
  }));
  const { snapshots } = buildSnapshots(routing, items);
  const byId = new Map(snapshots.map((each) => [each.id, each]));
  const asks = asked(start(snapshots, { reflectionInputLimitTokens: 20_000 }));
  for (const ask of asks) {
    if (ask.kind !== 'distill') continue;
    const request = renderDistillRequest({
      definition: routing,
      model: 'm',
      snapshots: ask.snapshots.map((id) => byId.get(id)!),
      exampleTokens: exampleBudget(20_000),
    });
    assert.ok(tokensOf(request.messages.map(({ content }) => content)) <= 20_000);
  }
  assert.equal(snapshots[0]!.rationales[0]!.text.length, 50_000);
  assert.throws(() => start(snapshots, { reflectionInputLimitTokens: 5_500 }), RangeError);
});

test('one label, and labels of one class, are aligned to', () => {
  const one = run(start(snapshotsOf(1)), (ask) =>
    ask.kind === 'distill' ? { guidelines: [ruleOf('only', 1)] } : keep(ask),
  );
  assert.equal(one.asks.length, 3);
  assert.ok(one.result.kind === 'aligned' && one.result.guidelines[0]!.text === 'only');
  assert.ok(ended(start([])).kind === 'failed');
});

test('a batch without an answer fails the alignment with its reason, after all are in', () => {
  const turn = start(snapshotsOf(120));
  const open = resumeAlignment(turn.state, { 'distill-2': { unscored: 'HTTP 500' } });
  assert.deepEqual(asked(open), []);
  const { result } = run(turn, (ask) =>
    ask.id === 'distill-2' || ask.id === 'embed-1' ? { unscored: 'HTTP 500' } : keep(ask),
  );
  assert.ok(result.kind === 'failed');
  assert.equal(result.reason, 'distill-2: HTTP 500; embed-1: HTTP 500');
});

const wrong = (id: string) => (ask: AlignAsk) => (ask.id === id ? { rules: [] } : keep(ask));

test('a reply of the wrong shape fails the alignment, at either step', () => {
  for (const id of ['distill-1', 'consolidate']) {
    const { result } = run(start(snapshotsOf(3)), wrong(id));
    assert.ok(result.kind === 'failed' && result.reason.startsWith(`${id}: unusable reply`));
  }
  const { result } = run(start(snapshotsOf(3)), (ask) =>
    ask.kind === 'consolidate' ? { unscored: 'budget spent' } : keep(ask),
  );
  assert.ok(result.kind === 'failed' && result.reason === 'consolidate: budget spent');
});

test('the result depends on the replies, not on the turns they came in', () => {
  const first = start(snapshotsOf(120));
  const whole = run(first, keep).result;
  const asks = asked(first).toReversed();
  let turn: AlignTurn = first;
  for (const ask of asks)
    turn = resumeAlignment(stored(turn.state), { [ask.id]: { ok: keep(ask) } });
  assert.deepEqual(run(turn, keep).result, whole);
});

const rulesFrom = (list: readonly Json[]) => (ask: AlignAsk) =>
  ask.kind === 'distill' ? { guidelines: list } : keep(ask);

test('rules without a valid source are dropped and counted, and none left is an outcome of its own', () => {
  const rules = [
    ruleOf('good', 1, '2', 2, 99),
    ruleOf('no source'),
    ruleOf('false sources', 0, -1, 1.5, 4, 'x', null),
    ruleOf('   ', 1),
    ruleOf('l'.repeat(2_000), 1),
  ];
  const snapshots = snapshotsOf(3);
  const { result } = run(start(snapshots), rulesFrom(rules));
  assert.ok(result.kind === 'aligned');
  assert.deepEqual(
    result.guidelines.map(({ text, sources }) => [text, sources]),
    [['good', [snapshots[0]!.id, snapshots[1]!.id].sort()]],
  );
  assert.equal(result.report.distilled, 5);
  assert.deepEqual(
    [result.report.dropped.withoutSource, result.report.dropped.unusableText],
    [2, 2],
  );
  const none = run(start(snapshots), rulesFrom(rules.slice(1))).result;
  assert.ok(none.kind === 'no-guidelines' && none.report.dropped.withoutSource === 2);
  assert.equal(run(start(snapshots), rulesFrom([])).result.kind, 'no-guidelines');
});

test('rules that differ in case or small words are one before consolidation; a negation is not small', () => {
  const { asks } = run(start(snapshotsOf(3)), (ask) =>
    ask.kind === 'distill'
      ? {
          guidelines: [
            ruleOf('Bills go to the billing team.', 1),
            ruleOf('bills go to billing team', 2),
            ruleOf('Bills do not go to the billing team.', 3),
          ],
        }
      : keep(ask),
  );
  const last = asks.at(-1)!;
  assert.ok(last.kind === 'consolidate');
  assert.deepEqual(
    last.rules.map(({ text, sources }) => [text, sources]),
    [
      ['Bills go to the billing team.', 2],
      ['Bills do not go to the billing team.', 1],
    ],
  );
});

test('consolidation joins sources, reports contradictions, keeps what it left out, and caps', () => {
  const snapshots = snapshotsOf(6);
  const distilled = ['a', 'b', 'c', 'd'].map((text, at) => ruleOf(`rule ${text}`, at + 1));
  const { result } = run(start(snapshots, { policy: { guidelines: 2, shown: 0 } }), (ask) =>
    ask.kind === 'distill'
      ? { guidelines: distilled }
      : {
          guidelines: [
            { text: 'a and b', merged: [1, 2] },
            { text: 'invented', merged: [77] },
          ],
          contradictions: [
            { a: 3, b: 4, why: 'opposite' },
            { a: 3, b: 50, why: 'nothing there' },
          ],
        },
  );
  assert.ok(result.kind === 'aligned');
  assert.deepEqual(
    result.guidelines.map(({ text, sources }) => [text, sources.length]),
    [
      ['a and b', 2],
      ['rule c', 1],
    ],
  );
  const { dropped, contradictions, keptAsTheyWere } = result.report;
  assert.deepEqual([dropped.unfounded, dropped.overCap, keptAsTheyWere], [1, 1, 1]);
  assert.deepEqual(contradictions, [{ a: 'rule c', b: 'rule d', why: 'opposite' }]);
});

test('three of 200 labels edited make new requests of their batches only', () => {
  const items = Array.from({ length: 200 }, (_, at) => labelled(at, { value: true }));
  const batchesOf = (list: typeof items, more = {}) =>
    asked(start(buildSnapshots(routing, list).snapshots, more)).flatMap((ask) =>
      ask.kind === 'distill' ? [ask.snapshots.join()] : [],
    );
  const before = batchesOf(items);
  const edited = items.map((item, at) =>
    at % 40 === 0 && at < 120 ? labelled(at, { value: false }) : item,
  );
  const after = batchesOf(edited);
  assert.equal(
    after.filter((batch) => !before.includes(batch)).length,
    2,
    'items 0 and 40 share a batch',
  );
  // One label gone and two new: with the earlier batches given, those without a change stay the same.
  const turn = start(buildSnapshots(routing, items).snapshots);
  const changed = [
    labelled(900, { value: true }),
    labelled(901, { value: true }),
    ...items.slice(1),
  ];
  const moved = batchesOf(changed, { previous: turn.state.batches });
  assert.equal(moved.filter((batch) => !before.includes(batch)).length, 2);
  assert.equal(moved.join().split(',').length, 201);
});

test('without wanted rules the memory holds past cases only', () => {
  const { asks, result } = run(
    start(snapshotsOf(3), { policy: { guidelines: 0, shown: 5 } }),
    keep,
  );
  assert.deepEqual(
    asks.map(({ id }) => id),
    ['embed-1'],
  );
  assert.ok(result.kind === 'aligned' && result.guidelines.length === 0);
  assert.equal(
    ended(start(snapshotsOf(3), { policy: { guidelines: 0, shown: 0 } })).kind,
    'aligned',
  );
});
