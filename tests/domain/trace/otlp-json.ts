import type { Json, JsonObject } from '../../../contracts/json.ts';
import type { ReceivedSpan } from '../../../contracts/trace.ts';
import { readOtlp } from '../../../domain/trace/otlp.ts';

/** A plain value as an OTLP AnyValue. */
export function anyValue(value: Json): object {
  if (value === null) return {};
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  return { kvlistValue: { values: attributes(value as JsonObject) } };
}

export const attributes = (values: JsonObject): readonly object[] =>
  Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));

export type Given = {
  readonly name?: string;
  readonly attributes?: JsonObject;
  readonly events?: readonly { readonly name: string; readonly attributes: JsonObject }[];
  readonly status?: object;
};

/** One span with these attributes and events, read. */
export function read(given: Given): ReceivedSpan {
  const span = {
    traceId: '1'.repeat(32),
    spanId: '2'.repeat(16),
    name: given.name ?? 'span',
    startTimeUnixNano: '1700000000000000000',
    endTimeUnixNano: '1700000000100000000',
    attributes: attributes(given.attributes ?? {}),
    events: (given.events ?? []).map((event) => ({
      name: event.name,
      timeUnixNano: '1700000000000000000',
      attributes: attributes(event.attributes),
    })),
    status: given.status,
  };
  const { spans } = readOtlp({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }, { now: 0 });
  return spans[0]!;
}
