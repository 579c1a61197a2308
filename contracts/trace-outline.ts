import type { Span, SpanUsage, TraceFigures } from './trace.ts';

/** A span without what it read and wrote: hundreds fit on a page. */
export type SpanOutline = Pick<
  Span,
  'id' | 'parent' | 'name' | 'kind' | 'start' | 'end' | 'status' | 'usage'
>;

/** The spans of one trace of a run, and the example it was made for. */
export type TraceSpans = {
  readonly trace: string;
  readonly example: string;
  readonly spans: readonly SpanOutline[];
};

/** What the outline of a trace is made of. */
export type SpanLine = SpanOutline & {
  readonly session: string | null;
  readonly hasInputs: boolean;
  readonly hasOutputs: boolean;
};

export type TraceOutline = Omit<TraceFigures, 'start'> & {
  /** Null without spans. */
  readonly start: number | null;
  readonly status: 'OK' | 'ERROR';
  /** Id of the span whose inputs are the trace's; null where none has any. */
  readonly inputsOf: string | null;
  readonly outputsOf: string | null;
};

const CONTENT: readonly SpanLine['kind'][] = ['agent', 'chain', 'model'];

/**
 * What a trace is by its spans, whatever their order. Inputs and outputs are the root's; where it has none, those of the first (last to end) agent, chain
 * or model span that has. Cycles and missing parents are no hindrance.
 */
export function outlineOf(spans: readonly SpanLine[]): TraceOutline {
  const known = new Set(spans.map(({ id }) => id));
  const rank = ({ parent }: SpanLine): number => (parent === null ? 0 : known.has(parent) ? 2 : 1);
  const byStart = spans.toSorted((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
  const root = byStart.toSorted((a, b) => rank(a) - rank(b))[0];
  const speaking = byStart.filter(({ kind }) => CONTENT.includes(kind));
  const first = speaking.find(({ hasInputs }) => hasInputs);
  const last = speaking.toSorted((a, b) => a.end - b.end).findLast(({ hasOutputs }) => hasOutputs);
  const usage = usageOf(spans);
  return {
    name: root?.name ?? '',
    status: root?.status ?? 'OK',
    session: root?.session ?? byStart.find(({ session }) => session !== null)?.session ?? null,
    start: root === undefined ? null : rank(root) === 0 ? root.start : byStart[0]!.start,
    latencyMs: root === undefined ? null : latencyOf(spans, rank(root) === 0 ? root : null),
    inputTokens: usage?.inputTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
    inputsOf: (root?.hasInputs === true ? root : first)?.id ?? null,
    outputsOf: (root?.hasOutputs === true ? root : last)?.id ?? null,
  };
}

const latencyOf = (spans: readonly SpanLine[], root: SpanLine | null): number =>
  root === null
    ? spans.reduce((end, span) => Math.max(end, span.end), -Infinity) -
      spans.reduce((start, span) => Math.min(start, span.start), Infinity)
    : root.end - root.start;

function usageOf(spans: readonly SpanLine[]): SpanUsage | null {
  if (spans.every(({ usage }) => usage === null)) return null;
  const counted = spansThatCount(spans);
  const whole = spans.filter(({ id }) => counted.has(id));
  return {
    inputTokens: whole.reduce((sum, { usage }) => sum + usage!.inputTokens, 0),
    outputTokens: whole.reduce((sum, { usage }) => sum + usage!.outputTokens, 0),
  };
}

type Using = Pick<SpanOutline, 'id' | 'parent' | 'usage'>;

/**
 * Ids of the spans among `own` (default all) whose tokens count: agents and frameworks repeat those of the calls below them, so only
 * spans with tokens and no such span below them do.
 */
export function spansThatCount(
  spans: readonly Using[],
  own: readonly Using[] = spans,
): ReadonlySet<string> {
  const byId = new Map(spans.map((span) => [span.id, span]));
  const above = new Set<string>();
  const using = own.filter(
    ({ usage }) => usage !== null && usage.inputTokens + usage.outputTokens > 0,
  );
  for (const { id, parent } of using)
    for (let at = parent; at !== null && at !== id && !above.has(at);) {
      above.add(at);
      at = byId.get(at)?.parent ?? null;
    }
  const counted = using.filter(({ id }) => !above.has(id));
  // Where every one is above another, they form a cycle: each counts.
  return new Set((counted.length > 0 ? counted : using).map(({ id }) => id));
}

/** A span's line; `session` is known of received spans only. */
export const lineOf = (span: Span, session: string | null = null): SpanLine => ({
  id: span.id,
  parent: span.parent,
  name: span.name,
  kind: span.kind,
  start: span.start,
  end: span.end,
  status: span.status,
  usage: span.usage,
  session,
  hasInputs: span.inputs !== null,
  hasOutputs: span.outputs !== null,
});
