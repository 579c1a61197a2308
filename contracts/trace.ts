import type { Json } from './json.ts';

export type SpanKind = 'agent' | 'model' | 'tool' | 'retriever' | 'embedding' | 'chain' | 'other';

export type Span = {
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  readonly kind: SpanKind;
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly end: number;
  readonly status: 'OK' | 'ERROR';
  readonly message: string | null;
  readonly inputs: Json;
  readonly outputs: Json;
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number } | null;
  readonly attributes: { readonly [key: string]: Json };
};

/** What an agent did with one input. */
export type Trace = {
  readonly id: string;
  readonly status: 'OK' | 'ERROR';
  readonly inputs: Json;
  readonly outputs: Json;
  readonly spans: readonly Span[];
};
