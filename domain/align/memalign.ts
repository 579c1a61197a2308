import type { Snapshot } from '../../contracts/judge.ts';
import type { Json } from '../../contracts/json.ts';
import type { AlignPolicy } from '../../contracts/spec.ts';
import type { Replies, Reply, Turn } from '../engine.ts';
import { batchTokens, distillBatches, MOST_EMBEDDED, pieces } from './batches.ts';
import { tokensOf } from './distill-prompt.ts';
import { readDistilled } from './distill-prompt.ts';
import { failed, finish, noGuidelines, withoutRules } from './memalign-result.ts';
import type {
  AlignAsk,
  AlignEvent,
  AlignResult,
  AlignState,
  Answered,
  DistillState,
} from './memalign-state.ts';
import { bySupport, type Rule, rulesOf, withoutRepeats } from './rules.ts';

export type AlignTurn = Turn<AlignState, AlignEvent, AlignAsk, AlignResult>;

const CONSOLIDATE = 'consolidate';

/**
 * MemAlign's semantic memory (specs/align.md): rules are distilled batch by batch, all batches at once, then made into one list.
 * RangeError when the reflection model's input limit is too small.
 */
export function startAlignment(input: {
  readonly snapshots: readonly Snapshot[];
  readonly policy: Pick<AlignPolicy, 'guidelines' | 'shown'>;
  readonly reflectionInputLimitTokens: number;
  /** `report.batches` of an earlier alignment, so that only changed batches are new requests. */
  readonly previous?: readonly (readonly string[])[];
}): AlignTurn {
  const { snapshots, policy, reflectionInputLimitTokens: inputLimitTokens } = input;
  const batches = distillBatches({
    snapshots,
    inputLimitTokens,
    ...(input.previous === undefined ? {} : { previous: input.previous }),
  });
  const embedded = pieces(batches.flat(), MOST_EMBEDDED);
  const state: AlignState = {
    engineVersion: 1,
    cap: policy.guidelines,
    inputLimitTokens,
    snapshots: snapshots.length,
    batches: batches.map((batch) => batch.map(({ item }) => item)),
    distill:
      policy.guidelines === 0 ? [] : batches.map((batch, at) => opened('distill', at, batch)),
    embed: policy.shown === 0 ? [] : embedded.map((batch, at) => opened('embed', at, batch)),
    consolidating: null,
  };
  if (snapshots.length === 0) return done(state, failed(state, 'there is no label to learn from'));
  const asks = [
    ...state.distill.map(
      ({ id, snapshots: ids }) => ({ id, kind: 'distill', snapshots: ids }) as const,
    ),
    ...state.embed.map(
      ({ id, snapshots: ids }) => ({ id, kind: 'embed', snapshots: ids }) as const,
    ),
  ];
  const events = [
    { kind: 'batched', snapshots: snapshots.length, batches: batches.length } as const,
  ];
  if (asks.length === 0) return { ...done(state, withoutRules(state)), events };
  return { kind: 'ask', state, events, asks };
}

/** Applies replies to open asks in the order of the asks; an ask that got no answer fails the alignment once all are in. */
export function resumeAlignment(before: AlignState, replies: Replies): AlignTurn {
  if (before.consolidating !== null) return consolidated(before, before.consolidating, replies);
  const state: AlignState = {
    ...before,
    distill: before.distill.map((at) => ({
      ...at,
      answer: answer(at, replies, (json) => rulesOf(readDistilled(json), at.snapshots)),
    })),
    embed: before.embed.map((at) => ({ ...at, answer: answer(at, replies, () => null) })),
  };
  const events = newlyDistilled(before.distill, state.distill);
  const all = [...state.distill, ...state.embed];
  if (all.some(({ answer: { kind } }) => kind === 'open'))
    return { kind: 'ask', state, events, asks: [] };
  const reasons = all.flatMap(({ id, answer: at }) =>
    at.kind === 'failed' ? [`${id}: ${at.why}`] : [],
  );
  if (reasons.length > 0) return { ...done(state, failed(state, reasons.join('; '))), events };
  if (state.cap === 0) return { ...done(state, withoutRules(state)), events };
  const rules = rulesToConsolidate(state);
  if (rules.length === 0) return { ...done(state, noGuidelines(state)), events };
  return {
    kind: 'ask',
    state: { ...state, consolidating: rules },
    events,
    asks: [{ id: CONSOLIDATE, kind: 'consolidate', rules: listed(rules), most: state.cap }],
  };
}

function consolidated(state: AlignState, rules: readonly Rule[], replies: Replies): AlignTurn {
  const reply = replies[CONSOLIDATE];
  if (reply === undefined) return { kind: 'ask', state, events: [], asks: [] };
  if ('unscored' in reply) return done(state, failed(state, `${CONSOLIDATE}: ${reply.unscored}`));
  const result = finish(state, { rules, reply: reply.ok });
  const guidelines = result.kind === 'aligned' ? result.guidelines.length : 0;
  return {
    ...done(state, result),
    events: [{ kind: 'consolidated', from: rules.length, guidelines }],
  };
}

/** The distilled rules without repeats, most sources first, as many as the consolidating model can read. */
function rulesToConsolidate(state: AlignState): readonly Rule[] {
  const rules = bySupport(
    withoutRepeats(
      state.distill.flatMap(({ answer: at }) => (at.kind === 'ok' ? at.of.rules : [])),
    ),
  );
  let left = batchTokens(state.inputLimitTokens);
  return rules.filter((rule, at) => {
    left -= tokensOf({ id: at, text: rule.text, sources: rule.sources.length });
    return left >= 0;
  });
}

function answer<T>(
  at: { readonly id: string; readonly answer: Answered<T> },
  replies: Replies,
  read: (json: Json) => T,
): Answered<T> {
  const reply: Reply | undefined = replies[at.id];
  if (at.answer.kind !== 'open' || reply === undefined) return at.answer;
  if ('unscored' in reply) return { kind: 'failed', why: reply.unscored };
  try {
    return { kind: 'ok', of: read(reply.ok) };
  } catch (error) {
    return { kind: 'failed', why: `unusable reply: ${(error as Error).message}` };
  }
}

function newlyDistilled(
  before: readonly DistillState[],
  after: readonly DistillState[],
): AlignEvent[] {
  const open = new Set(before.filter(({ answer: at }) => at.kind === 'open').map(({ id }) => id));
  return after.flatMap(({ id, answer: at }) =>
    at.kind === 'ok' && open.has(id)
      ? [{ kind: 'distilled' as const, ask: id, rules: at.of.rules.length }]
      : [],
  );
}

function opened(kind: string, at: number, batch: readonly Snapshot[]) {
  return {
    id: `${kind}-${at + 1}`,
    snapshots: batch.map(({ id }) => id),
    answer: { kind: 'open' },
  } as const;
}

function listed(rules: readonly Rule[]) {
  return rules.map(({ text, sources }, at) => ({ id: at + 1, text, sources: sources.length }));
}

function done(state: AlignState, result: AlignResult): AlignTurn {
  return { kind: 'done', state, events: [], result };
}
