import type { Json, JsonObject } from '../../contracts/json.ts';

export type RawEvent = {
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly attributes: JsonObject;
};

/** A span as OTLP sends it, checked, with plain JSON for its values; no convention read yet. */
export type RawSpan = {
  readonly trace: string;
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly failed: boolean;
  readonly message: string;
  readonly attributes: JsonObject;
  readonly events: readonly RawEvent[];
  readonly links: readonly Json[];
  readonly resource: JsonObject;
  readonly scope: string | null;
  readonly remarks: readonly string[];
};
