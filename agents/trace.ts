/**
 * `import 'attune/trace'` turns on the OpenTelemetry instrumentations of openai, LangChain.js and the AI SDK. Under Attune their spans
 * land in the trace of the rollout; elsewhere they are sent over OTLP to OTEL_EXPORTER_OTLP_ENDPOINT, or to ATTUNE_SERVER.
 */
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { BatchSpanProcessor, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { PROCESSOR } from './collect.ts';
import { createExporter, destinationOf } from './export-spans.ts';
import { withoutEchoes } from './echo.ts';
import { instrument, placesOf } from './instrument.ts';

const tell = (text: string): void => console.error(`attune/trace: ${text}`);

let provider: TracerProvider | null = null;

/** Sends the spans that wait. Needed before `process.exit`; a process that ends by itself sends them. Never rejects. */
export async function flush(): Promise<void> {
  // A failure was told when it happened.
  await provider?.forceFlush().catch(() => undefined);
}

function processor(): SpanProcessor | null {
  const ours = (globalThis as { [PROCESSOR]?: SpanProcessor })[PROCESSOR];
  if (ours !== undefined) return ours;
  const destination = destinationOf(process.env);
  return destination === null
    ? null
    : new BatchSpanProcessor({ exporter: createExporter(destination, tell) });
}

async function start(): Promise<void> {
  const spans = processor();
  if (spans === null) {
    tell(
      'no spans are recorded: set OTEL_EXPORTER_OTLP_ENDPOINT, or ATTUNE_SERVER to the server that `npx attune up` names',
    );
    return;
  }
  const made = new TracerProvider({ spanProcessors: [withoutEchoes(spans)] });
  if (!trace.setGlobalTracerProvider(made)) {
    tell('OpenTelemetry is set up already, and goes on as it was');
    return;
  }
  provider = made;
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  // A service reads the `traceparent` of a request with `propagation.extract`: its spans then join the trace of the caller.
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  const { bare } = await instrument(placesOf(process.env, process.argv));
  for (const { module, by } of bare)
    tell(`\`${module}\` is installed, ${by} is not: install it to see its calls`);
  process.once('beforeExit', () => void flush());
}

await start();
