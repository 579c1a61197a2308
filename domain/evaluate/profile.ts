import type { SpanKind } from '../../contracts/trace.ts';
import type { TraceSpans } from '../../contracts/trace-outline.ts';
import { type Percentiles, percentiles } from '../statistics/quantile.ts';
import { type Growth, growthOf, heaviest, type HeavyCall } from './profile-tokens.ts';
import { type PlacedSpan, type PlacedTrace, placeSpans } from './span-times.ts';

/** Spans of one kind, or of one step (a kind and a name), over all traces. */
export type Part = {
  readonly kind: SpanKind;
  readonly name: string | null;
  readonly spans: number;
  readonly traces: number;
  readonly errors: number;
  /** Milliseconds of the spans. */
  readonly latency: Percentiles;
  /** Milliseconds that no child accounts for, and their share of those of all spans. */
  readonly selfMs: number;
  readonly share: number;
  /** A model call inside another is counted once. */
  readonly inputTokens: number;
  readonly outputTokens: number;
};

export type SlowTrace = {
  readonly trace: string;
  readonly example: string;
  readonly ms: number;
  readonly spans: number;
  readonly inputTokens: number;
  /** The step that took most of it by itself. */
  readonly slowest: { readonly kind: SpanKind; readonly name: string; readonly selfMs: number };
};

export type Profile = {
  readonly traces: number;
  /** Milliseconds from the first start to the last end. */
  readonly latency: Percentiles | null;
  /** Largest share of time first. */
  readonly kinds: readonly Part[];
  readonly steps: readonly Part[];
  readonly slowest: readonly SlowTrace[];
  /** Model calls by their place in the trace: input that grows from call to call is context that is carried along. */
  readonly growth: readonly Growth[];
  /** Model calls with the most input. */
  readonly heavy: readonly HeavyCall[];
};

const SHOWN = 10;

/** Where time and tokens of traces went. Traces without spans are left out. */
export function profileOf(traces: readonly TraceSpans[]): Profile {
  const placed = traces
    .filter(({ spans }) => spans.length > 0)
    .map((trace) => ({ ...trace, spans: placeSpans(trace.spans) }));
  const all = placed.flatMap(({ trace, spans }) => spans.map((span) => ({ ...span, trace })));
  const slow = placed.map(slowOf).sort((a, b) => b.ms - a.ms);
  return {
    traces: placed.length,
    latency: percentiles(slow.map(({ ms }) => ms)),
    kinds: partsOf(all, ({ kind }) => ({ kind, name: null })),
    steps: partsOf(all, ({ kind, name }) => ({ kind, name })),
    slowest: slow.slice(0, SHOWN),
    growth: growthOf(placed),
    heavy: heaviest(placed, SHOWN),
  };
}

type OfTrace = PlacedSpan & { readonly trace: string };
type Named = { readonly kind: SpanKind; readonly name: string | null };

function partsOf(spans: readonly OfTrace[], of: (span: OfTrace) => Named): readonly Part[] {
  const whole = sum(spans, ({ selfMs }) => selfMs);
  const groups = Map.groupBy(spans, (span) => JSON.stringify(of(span)));
  return [...groups.values()]
    .map((group): Part => {
      const selfMs = sum(group, (span) => span.selfMs);
      return {
        ...of(group[0]!),
        spans: group.length,
        traces: new Set(group.map(({ trace }) => trace)).size,
        errors: group.filter(({ status }) => status === 'ERROR').length,
        latency: percentiles(group.map(({ ms }) => ms))!,
        selfMs,
        share: whole === 0 ? 0 : selfMs / whole,
        inputTokens: sum(group, (span) => span.input),
        outputTokens: sum(group, (span) => span.output),
      };
    })
    .sort(
      (a, b) => b.selfMs - a.selfMs || (`${a.kind} ${a.name}` < `${b.kind} ${b.name}` ? -1 : 1),
    );
}

function slowOf({ trace, example, spans }: PlacedTrace): SlowTrace {
  const slowest = spans.reduce((most, span) => (span.selfMs > most.selfMs ? span : most));
  const start = spans.reduce((first, span) => Math.min(first, span.start), Infinity);
  const end = spans.reduce((last, span) => Math.max(last, span.end), -Infinity);
  return {
    trace,
    example,
    ms: Math.max(0, end - start),
    spans: spans.length,
    inputTokens: sum(spans, (span) => span.input),
    slowest: { kind: slowest.kind, name: slowest.name, selfMs: slowest.selfMs },
  };
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0);
