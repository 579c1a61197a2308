import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';
import type { JsonObject } from '../contracts/json.ts';

/** Where `attune/trace` finds the processor of the process that runs it, whatever copy of the package it was loaded from. */
export const PROCESSOR = Symbol.for('attune.span-processor');

/** How long a run that is over waits for its spans that are still open, in milliseconds. */
const GRACE_MS = 500;

type Collected = {
  readonly open: Set<string>;
  readonly ended: ReadableSpan[];
  settled: (() => void) | null;
};

export type Collector = {
  readonly processor: SpanProcessor;
  /** Spans of this trace are kept from now on. */
  begin(traceId: string): void;
  /** The spans of the trace as an OTLP/JSON export request; null without any. Those that come later are dropped. */
  end(traceId: string): Promise<JsonObject | null>;
};

/** Gathers OpenTelemetry spans by trace: concurrent rollouts of a process are told apart by their trace ids. */
export function createCollector(): Collector {
  const traces = new Map<string, Collected>();

  async function end(traceId: string): Promise<JsonObject | null> {
    const found = traces.get(traceId);
    if (found === undefined) return null;
    if (found.open.size > 0) await settled(found);
    traces.delete(traceId);
    return found.ended.length === 0 ? null : exportRequest(found.ended);
  }

  return {
    processor: {
      onStart: (span) => {
        const { traceId, spanId } = span.spanContext();
        traces.get(traceId)?.open.add(spanId);
      },
      onEnd: (span) => {
        const { traceId, spanId } = span.spanContext();
        const found = traces.get(traceId);
        if (found === undefined) return;
        found.ended.push(span);
        found.open.delete(spanId);
        if (found.open.size === 0) found.settled?.();
      },
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    },
    begin: (traceId) => void traces.set(traceId, { open: new Set(), ended: [], settled: null }),
    end,
  };
}

/** Callbacks of a library may end its spans a little after its answer. */
function settled(found: Collected): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GRACE_MS);
    found.settled = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

async function exportRequest(spans: ReadableSpan[]): Promise<JsonObject> {
  // Loaded where it is needed: most agents have no such spans.
  const { JsonTraceSerializer } = await import('@opentelemetry/otlp-transformer');
  const bytes = JsonTraceSerializer.serializeRequest(spans);
  return JSON.parse(new TextDecoder().decode(bytes)) as JsonObject;
}
