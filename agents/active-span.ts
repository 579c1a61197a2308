import { context, type Context, ROOT_CONTEXT, trace, TraceFlags } from '@opentelemetry/api';

type SpanRef = { readonly traceId: string; readonly spanId: string };

const within = (around: Context, { traceId, spanId }: SpanRef): Context =>
  trace.setSpanContext(around, { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true });

/** Runs a rollout so that spans of OpenTelemetry instrumentations in it belong to its trace. */
export const inTrace = <T>(root: SpanRef, body: () => T): T =>
  context.with(within(ROOT_CONTEXT, root), body);

/** Runs `body` so that spans of OpenTelemetry instrumentations in it are below this span. */
export const inSpan = <T>(span: SpanRef, body: () => T): T =>
  context.with(within(context.active(), span), body);

/** Id of the innermost span of this trace that OpenTelemetry knows here; null where it is not in use. */
export function activeSpanId(traceId: string): string | null {
  const active = trace.getSpanContext(context.active());
  return active?.traceId === traceId ? active.spanId : null;
}
