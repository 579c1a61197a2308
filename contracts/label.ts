import { z } from 'zod';
import { type Value, value } from './value.ts';

/** A person's name as labels know it: outer spaces and the way its letters are composed make no other person. */
export const raterName = z
  .string()
  .normalize()
  .trim()
  .min(1, 'a name has 1 to 100 characters')
  .max(100, 'a name has 1 to 100 characters');

/** One line of a labels file, and the body of POST /api/labels. */
export const labelLine = z
  .strictObject({
    trace_id: z.string().min(1).optional(),
    row_id: z.string().min(1).optional(),
    output_hash: z.string().min(8).optional(),
    rater: raterName,
    name: z.string().min(1).max(100),
    value,
    rationale: z.string().max(100_000).optional(),
    /** Answers to further questions of the session, by their names. */
    extras: z.record(z.string().min(1).max(100), z.string().max(100_000)).optional(),
  })
  .refine((line) => (line.trace_id === undefined) !== (line.row_id === undefined), {
    message: 'name either trace_id or row_id (with output_hash), not both and not neither',
  });
export type LabelLine = z.infer<typeof labelLine>;

export type Label = {
  readonly id: string;
  /** The judge whose question was answered. */
  readonly name: string;
  readonly rater: string;
  readonly traceId: string;
  readonly example: string;
  readonly outputHash: string;
  readonly value: Value;
  readonly rationale: string | null;
  readonly session: string | null;
  readonly late: boolean;
  /** Taken back by its rater; the value is the one taken back. */
  readonly withdrawn: boolean;
  readonly extras: Readonly<Record<string, string>> | null;
  readonly createdAt: string;
};

/** What a label is about. */
export type OutputRef = { readonly example: string; readonly outputHash: string };

/** `<example id>#<output hash>`: the name of what was judged, without generated ids. */
export const itemKey = ({ example, outputHash }: OutputRef): string => `${example}#${outputHash}`;

/** Begins the trace id of a labelled output that came with its row. */
export const RECORDED_OUTPUT = 'recorded/';

/** The trace of a labelled output; null for one that came with its row. */
export const ownTrace = (traceId: string): string | null =>
  traceId.startsWith(RECORDED_OUTPUT) ? null : traceId;

/** How the raters of one item agree: a value, or contested (kept out of alignment, kept in agreement figures). */
export type Consensus =
  | { readonly kind: 'value'; readonly value: Value; readonly raters: readonly string[] }
  | { readonly kind: 'contested'; readonly raters: readonly string[] };
