import type { Json, JsonObject } from '../../contracts/json.ts';
import type { SpanKind, SpanUsage } from '../../contracts/trace.ts';

/** What one convention says of a span; undefined where it says nothing. */
export type Told = {
  readonly kind?: SpanKind | undefined;
  readonly name?: string | undefined;
  readonly inputs?: Json | undefined;
  readonly outputs?: Json | undefined;
  readonly usage?: SpanUsage | undefined;
  readonly session?: string | undefined;
};

/** The first of these attributes that is a text with something in it. */
export function text(attributes: JsonObject, ...keys: readonly string[]): string | undefined {
  for (const key of keys) {
    const value = attributes[key];
    if (typeof value === 'string' && value.trim() !== '') return value;
    if (typeof value === 'number') return String(value);
  }
  return undefined;
}

/** The first of these attributes that is a number, also one written as text. */
export function number(attributes: JsonObject, ...keys: readonly string[]): number | undefined {
  for (const key of keys) {
    const value = attributes[key];
    const read = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof read === 'number' && Number.isFinite(read)) return read;
  }
  return undefined;
}

/** Tokens, where either side is told; the other is then 0, as of an embedding. */
export function usage(
  inputTokens: number | undefined,
  outputTokens: number | undefined,
): SpanUsage | undefined {
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  return { inputTokens: inputTokens ?? 0, outputTokens: outputTokens ?? 0 };
}
