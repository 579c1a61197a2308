import type { Equality, Filter, Operator, Ordering } from './filter.ts';

/** What a filter compares, by the type of its values (specs/evaluate.md, "Traces"). */
export const TEXT_COLUMNS = ['id', 'name', 'session', 'run', 'tool', 'error'] as const;
export const NUMBER_COLUMNS = [
  'latency_ms',
  'tokens',
  'input_tokens',
  'output_tokens',
  'spans',
] as const;
/** Families of columns, as in `tag.eval`. */
export const FAMILIES = ['tag', 'attribute', 'judge', 'label'] as const;

export type TextColumn = (typeof TEXT_COLUMNS)[number];
export type NumberColumn = (typeof NUMBER_COLUMNS)[number];
export type Family = (typeof FAMILIES)[number];

/** A comparison never holds of what a trace does not have; `not` of it does. */
export type Comparison =
  | { readonly kind: 'status'; readonly operator: Equality; readonly value: 'OK' | 'ERROR' }
  | {
      readonly kind: 'text';
      readonly column: TextColumn;
      readonly operator: Equality | '~';
      readonly value: string;
    }
  | {
      readonly kind: 'number';
      readonly column: NumberColumn;
      readonly operator: Ordering;
      readonly value: number;
    }
  /** Start of the trace in milliseconds since the epoch. */
  | { readonly kind: 'start'; readonly operator: Ordering; readonly value: number }
  /** Anywhere in inputs, outputs and spans. */
  | { readonly kind: 'content'; readonly value: string }
  | {
      readonly kind: 'named';
      readonly family: Family;
      readonly name: string;
      readonly operator: Operator;
      readonly value: string;
    };

export type TraceFilter = Filter<Comparison>;
