import { z } from 'zod';
import type { Json, JsonObject } from './json.ts';

export const spanKind = z.enum([
  'agent',
  'model',
  'tool',
  'retriever',
  'embedding',
  'chain',
  'other',
]);
export type SpanKind = z.infer<typeof spanKind>;

export type SpanUsage = { readonly inputTokens: number; readonly outputTokens: number };

/** What a span that was received carries beside its attributes, as it was sent. */
export type SpanOrigin = {
  /** The name as sent: that of a tool span may differ from the tool's name. */
  readonly name: string;
  /** Attributes of the resource, such as `service.name`. */
  readonly resource: JsonObject;
  readonly scope: string | null;
  readonly events: readonly Json[];
  readonly links: readonly Json[];
  /** What had to be mended to keep the span, such as an end before its start. */
  readonly remarks: readonly string[];
};

/** The remark of a span that has not ended: the end, whenever it comes, stands above it. */
export const NO_END = 'it says no end: taken as its start';

export type Span = {
  readonly id: string;
  readonly parent: string | null;
  /** Of a tool span: the tool's name. */
  readonly name: string;
  readonly kind: SpanKind;
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly status: 'OK' | 'ERROR';
  readonly message: string | null;
  readonly inputs: Json;
  readonly outputs: Json;
  readonly usage: SpanUsage | null;
  /** As they were sent or set, whatever the convention. */
  readonly attributes: { readonly [key: string]: Json };
  /** Only of spans that were received. */
  readonly origin?: SpanOrigin | null;
};

/** What an agent did with one input. */
export type Trace = {
  readonly id: string;
  readonly status: 'OK' | 'ERROR';
  readonly inputs: Json;
  readonly outputs: Json;
  readonly spans: readonly Span[];
};

/** A span from outside, with the trace it belongs to and the session (conversation) its attributes name. */
export type ReceivedSpan = Span & {
  readonly trace: string;
  readonly session: string | null;
  readonly origin: SpanOrigin;
};

/** What search reads of a trace; recomputed whenever spans of it arrive. */
export type TraceFigures = {
  /** Of the root span; empty without spans. */
  readonly name: string;
  /** The conversation the trace is a part of. */
  readonly session: string | null;
  /** Milliseconds since the epoch. */
  readonly start: number;
  /** Of the root span; from the first start to the last end while no root has arrived; null without spans. */
  readonly latencyMs: number | null;
  /** Null where no span says. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
};

export type Tags = Readonly<Record<string, string>>;

/** A trace as it is kept. Spans are in the order of the agent that recorded them, then those received by their start. */
export type StoredTrace = Trace &
  TraceFigures & {
    readonly tags: Tags;
    /** The run whose agent made it; null where it was received. */
    readonly run: string | null;
  };

/** What of a trace a row of a dataset is made of. */
export type TraceContent = Pick<TraceFigures, 'session' | 'latencyMs'> & {
  readonly id: string;
  readonly status: 'OK' | 'ERROR';
  /** What the failed root span says. */
  readonly message: string | null;
  readonly inputs: Json;
  readonly outputs: Json;
  readonly tags: Tags;
};

/** A trace in a list, without its spans. */
export type TraceSummary = TraceFigures & {
  readonly id: string;
  readonly status: 'OK' | 'ERROR';
  readonly run: string | null;
  readonly tags: Tags;
  readonly spans: number;
  /** The first 300 characters of their JSON. */
  readonly preview: { readonly inputs: string; readonly outputs: string };
};
