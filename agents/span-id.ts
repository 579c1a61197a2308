import { createHash } from 'node:crypto';

/** Span id (16 hex digits) of one span of a trace, drawn from its name within it: a repeat of the rollout gives the same ids. */
export const spanIdOf = (traceId: string, name: string): string =>
  createHash('sha256').update(`${traceId}|${name}`).digest('hex').slice(0, 16);

/** The span that a rollout's other spans are below; the `traceparent` of an http agent names it. */
export const rootSpanId = (traceId: string): string => spanIdOf(traceId, 'root');
