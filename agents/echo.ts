import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace';

const FRAMES = 30;

/** Whether the code that runs now was called from a package of LangChain, by its stack. */
function calledByLangChain(): boolean {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  const { stack } = new Error();
  Error.stackTraceLimit = before;
  return /[\\/]@langchain[\\/]/.test(stack ?? '');
}

/**
 * Leaves out the spans of openai that LangChain's own span of the same call repeats: its model classes call the openai package, and
 * one call counted twice doubles its tokens.
 */
export function withoutEchoes(inner: SpanProcessor): SpanProcessor {
  const echoes = new WeakSet<ReadableSpan>();
  return {
    onStart(span, parent) {
      const echo = span.instrumentationScope.name.endsWith('instrumentation-openai');
      if (echo && calledByLangChain()) echoes.add(span);
      else inner.onStart(span, parent);
    },
    onEnd(span) {
      if (!echoes.has(span)) inner.onEnd(span);
    },
    forceFlush: () => inner.forceFlush(),
    shutdown: () => inner.shutdown(),
  };
}
