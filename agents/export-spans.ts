import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { SpanExporter } from '@opentelemetry/sdk-trace';

export type Destination = {
  /** Absent: as the OTEL_EXPORTER_OTLP_* variables say. */
  readonly url?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

/** Where spans go: the variables of OpenTelemetry before those of Attune; null where neither names a place. */
export function destinationOf(env: NodeJS.ProcessEnv): Destination | null {
  if (env['OTEL_EXPORTER_OTLP_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT']) return {};
  const { ATTUNE_SERVER: server, ATTUNE_TOKEN: token } = env;
  if (!server) return null;
  return {
    url: new URL('/v1/traces', server).href,
    ...(token && { headers: { authorization: `Bearer ${token}` } }),
  };
}

/** Sends spans over OTLP/HTTP, and says once when that fails: OpenTelemetry itself would be silent. */
export function createExporter(
  destination: Destination,
  tell: (text: string) => void,
): SpanExporter {
  const inner = new OTLPTraceExporter(destination);
  let told = false;
  return {
    export(spans, done) {
      inner.export(spans, (result) => {
        if (result.error !== undefined && !told) {
          told = true;
          tell(`spans could not be sent: ${result.error.message}`);
        }
        done(result);
      });
    },
    forceFlush: () => inner.forceFlush?.() ?? Promise.resolve(),
    shutdown: () => inner.shutdown(),
  };
}
