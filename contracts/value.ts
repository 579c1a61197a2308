import { z } from 'zod';

/** The type of a judge's value and its map to a score in [0, 1] (specs/evaluate.md). */
export const valueType = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('boolean'), pass: z.boolean().default(true) }),
  z.strictObject({
    type: z.literal('categories'),
    /** Score of each category, in [0, 1]. */
    categories: z.record(z.string().min(1), z.number().min(0).max(1)),
    /** Set when the order of the categories is a scale; used by weighted kappa. */
    ordinal: z.boolean().default(false),
  }),
  z.strictObject({ type: z.literal('integer'), min: z.int(), max: z.int() }),
  z.strictObject({ type: z.literal('number'), min: z.number(), max: z.number() }),
  z.strictObject({ type: z.literal('text') }),
]);
export type ValueType = z.infer<typeof valueType>;

export type Value = boolean | number | string;
export const value = z.union([z.boolean(), z.number(), z.string()]);

/** A value of its own for judges that allow it: measured nothing, and no error. */
export const NOT_APPLICABLE = 'not applicable';
