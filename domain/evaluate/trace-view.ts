import { type Json, type JsonObject, textOfJson } from '../../contracts/json.ts';
import type { Span, Trace } from '../../contracts/trace.ts';
import { shortenText } from './shorten.ts';

/** Spans shown at most, characters of one value, and characters of the whole view. */
const MOST_SPANS = 200;
const LONGEST = 1_000;
const MOST_TEXT = 40_000;

/** A value as JSON text of bounded length; a text that is short enough stays as it is. */
const shown = (value: Json, longest: number): Json => {
  const text = textOfJson(value);
  return text.length <= longest ? value : shortenText(text, longest);
};

/** What identifies a span and how it went, without its contents. */
export function spanHead(span: Span): JsonObject {
  return {
    id: span.id,
    ...(span.parent === null ? {} : { parent: span.parent }),
    kind: span.kind,
    name: span.name,
    status: span.status,
    ms: Math.round(span.end - span.start),
  };
}

/** A span with its contents, each cut to `longest` characters. */
export function spanView(span: Span, longest = LONGEST): JsonObject {
  return {
    ...spanHead(span),
    ...(span.message === null ? {} : { message: shortenText(span.message, longest) }),
    ...(span.inputs === null ? {} : { inputs: shown(span.inputs, longest) }),
    ...(span.outputs === null ? {} : { outputs: shown(span.outputs, longest) }),
  };
}

/** A trace as a judge is shown it: its spans in order, cut so that the whole is at most about 40,000 characters. */
export function traceView({ status, spans }: Trace): JsonObject {
  const first = spans.slice(0, MOST_SPANS);
  const share = Math.max(80, Math.floor(MOST_TEXT / Math.max(1, first.length) / 2));
  const view = first.map((span) => spanView(span, Math.min(LONGEST, share)));
  const left = spans.length - first.length;
  return { status, spans: view, ...(left === 0 ? {} : { left_out: `${left} spans` }) };
}
