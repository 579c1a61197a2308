import { isRecord, type Json, type JsonObject } from '../../contracts/json.ts';
import { NO_END, type ReceivedSpan } from '../../contracts/trace.ts';
import { attributesOf, type Reading, ValueError } from './any-value.ts';
import { normalise } from './normalise.ts';
import type { RawEvent, RawSpan } from './raw-span.ts';
import { milliseconds, spanTimes } from './span-times.ts';

/** A span that is not kept, with its place in the request and the reason. */
export type Refusal = { readonly at: string; readonly reason: string };

export type OtlpRead = {
  readonly spans: readonly ReceivedSpan[];
  readonly refused: readonly Refusal[];
};

/** The whole is no OTLP trace data: nothing of it can be read. */
export class OtlpError extends Error {
  override readonly name = 'OtlpError';
  readonly kind = 'invalid';
  readonly retryable = false;
}

type Source = {
  readonly resource: JsonObject;
  readonly scope: string | null;
  readonly remarks: readonly string[];
};

/**
 * The spans of OTLP/JSON trace data (an ExportTraceServiceRequest, a TracesData). A span that cannot be kept is refused with the reason; the others are
 * read. `now`, in milliseconds, is the time of a span that says none.
 * @throws OtlpError
 */
export function readOtlp(payload: unknown, { now }: { readonly now: number }): OtlpRead {
  if (!isRecord(payload)) throw new OtlpError('it is not an object with `resourceSpans`');
  const spans: ReceivedSpan[] = [];
  const refused: Refusal[] = [];
  for (const { at, source, span } of spansIn(payload)) {
    try {
      spans.push(normalise(rawSpan(span, { source: source(), now })));
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      refused.push({ at, reason: error.message });
    }
  }
  return withoutContradictions({ spans, refused });
}

type Found = {
  readonly at: string;
  /** Read when first asked for. @throws ValueError */
  readonly source: () => Source;
  readonly span: unknown;
};

function* spansIn(payload: Readonly<Record<string, unknown>>): Generator<Found> {
  for (const [r, group] of list(payload, 'resourceSpans', '').entries()) {
    const at = `resourceSpans[${r}]`;
    for (const [s, scoped] of list(group, 'scopeSpans', `${at}.`).entries()) {
      let read: Source | undefined;
      const source = (): Source => (read ??= sourceOf(group, scoped));
      for (const [n, span] of list(scoped, 'spans', `${at}.scopeSpans[${s}].`).entries())
        yield { at: `${at}.scopeSpans[${s}].spans[${n}]`, source, span };
    }
  }
}

const field = (holder: unknown, name: string): unknown =>
  isRecord(holder) ? holder[name] : undefined;

function list(holder: unknown, name: string, at: string): readonly unknown[] {
  if (!isRecord(holder)) throw new OtlpError(`\`${at.slice(0, -1)}\` is not an object`);
  const found = holder[name];
  if (found === undefined || found === null) return [];
  if (!Array.isArray(found)) throw new OtlpError(`\`${at}${name}\` is not a list`);
  return found;
}

/** Each span is kept with its resource, so that a large one is not. */
const LARGEST_RESOURCE = 32_000;

function sourceOf(group: unknown, scoped: unknown): Source {
  const name = field(field(scoped, 'scope'), 'name');
  const scope = typeof name === 'string' && name !== '' ? name.slice(0, 1000) : null;
  const reading: Reading = { characters: 0, remarks: [] };
  const resource = attributesOf(field(field(group, 'resource'), 'attributes'), reading);
  if (reading.characters <= LARGEST_RESOURCE) return { resource, scope, remarks: [] };
  const { 'service.name': service } = resource;
  return {
    resource: typeof service === 'string' ? { 'service.name': service.slice(0, 1000) } : {},
    scope,
    remarks: [
      `of its resource, larger than ${LARGEST_RESOURCE} characters, only the name was kept`,
    ],
  };
}

function rawSpan(
  span: unknown,
  { source, now }: { readonly source: Source; readonly now: number },
): RawSpan {
  if (!isRecord(span)) throw new ValueError('it is not an object');
  const reading: Reading = { characters: 0, remarks: [] };
  const trace = identifier(span['traceId'], { field: 'traceId', digits: 32 });
  const id = identifier(span['spanId'], { field: 'spanId', digits: 16 });
  const above = span['parentSpanId'];
  const none = above === undefined || above === null || above === '' || above === '0'.repeat(16);
  const { start, end, remarks } = spanTimes(span, { now });
  const status = isRecord(span['status']) ? span['status'] : {};
  return {
    trace,
    id,
    parent: none ? null : identifier(above, { field: 'parentSpanId', digits: 16 }),
    name: typeof span['name'] === 'string' ? span['name'].slice(0, 1000) : '',
    start,
    end,
    failed: status['code'] === 2 || status['code'] === 'STATUS_CODE_ERROR',
    message: typeof status['message'] === 'string' ? status['message'] : '',
    attributes: attributesOf(span['attributes'], reading),
    events: eventsOf(span['events'], { reading, start }),
    links: linksOf(span['links'], reading),
    resource: source.resource,
    scope: source.scope,
    remarks: [...remarks, ...reading.remarks, ...source.remarks],
  };
}

type Identifier = { readonly field: string; readonly digits: number };

function identifier(given: unknown, { field: name, digits }: Identifier): string {
  const text = typeof given === 'string' ? given.toLowerCase() : '';
  if (!/^[0-9a-f]+$/.test(text) || text.length !== digits)
    throw new ValueError(
      `\`${name}\` is not ${digits} hex digits: ${JSON.stringify(given)?.slice(0, 60) ?? 'missing'}`,
    );
  if (/^0+$/.test(text)) throw new ValueError(`\`${name}\` is all zeros, which names nothing`);
  return text;
}

function eventsOf(
  given: unknown,
  { reading, start }: { readonly reading: Reading; readonly start: number },
): readonly RawEvent[] {
  return (Array.isArray(given) ? given : []).filter(isRecord).map((event) => ({
    name: typeof event['name'] === 'string' ? event['name'] : '',
    time: milliseconds(event['timeUnixNano'], 'timeUnixNano') ?? start,
    attributes: attributesOf(event['attributes'], reading),
  }));
}

const linksOf = (given: unknown, reading: Reading): readonly Json[] =>
  (Array.isArray(given) ? given : []).filter(isRecord).map((link) => ({
    trace: typeof link['traceId'] === 'string' ? link['traceId'] : null,
    span: typeof link['spanId'] === 'string' ? link['spanId'] : null,
    attributes: attributesOf(link['attributes'], reading),
  }));

/**
 * One span id stands for one span: of two with other content in one request the last is kept and the earlier refused. A snapshot of a span that had not ended
 * is no contradiction of its end, whichever comes first.
 */
function withoutContradictions({ spans, refused }: OtlpRead): OtlpRead {
  const kept = new Map<string, ReceivedSpan>();
  for (const span of spans) {
    const key = keyOf(span);
    const before = kept.get(key);
    if (before === undefined || isEnded(span) || !isEnded(before)) kept.set(key, span);
  }
  if (kept.size === spans.length) return { spans, refused };
  const lost = spans.filter((span) => {
    const stays = kept.get(keyOf(span))!;
    return isEnded(span) && stays !== span && JSON.stringify(stays) !== JSON.stringify(span);
  });
  const contradictions = lost.map((span) => ({
    at: `trace ${span.trace}`,
    reason: `span ${span.id} is there twice with other content; the last was kept`,
  }));
  return { spans: [...kept.values()], refused: [...refused, ...contradictions] };
}

const keyOf = ({ trace, id }: ReceivedSpan): string => `${trace}/${id}`;
const isEnded = ({ origin }: ReceivedSpan): boolean => !origin.remarks.includes(NO_END);
