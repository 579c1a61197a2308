import type { Json } from '../../contracts/json.ts';

type Value = { readonly [kind: string]: Json };
type OtlpSpan = {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
  readonly attributes: readonly { readonly key: string; readonly value: Value }[];
};

/** A span of an OTLP/JSON export request, with its scope and attributes by name. */
export type Exported = Omit<OtlpSpan, 'attributes'> & {
  readonly scope: string;
  readonly attributes: Readonly<Record<string, Json>>;
};

/** The spans of an export request, flat. */
export function spansOf(request: unknown): readonly Exported[] {
  const { resourceSpans } = request as {
    resourceSpans: readonly {
      scopeSpans: readonly { scope: { name: string }; spans: readonly OtlpSpan[] }[];
    }[];
  };
  return resourceSpans.flatMap(({ scopeSpans }) =>
    scopeSpans.flatMap(({ scope, spans }) =>
      spans.map((span) => ({
        ...span,
        scope: scope.name,
        attributes: Object.fromEntries(
          span.attributes.map(({ key, value }) => [key, Object.values(value)[0]!]),
        ),
      })),
    ),
  );
}
