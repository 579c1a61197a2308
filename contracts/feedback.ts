import { z } from 'zod';

/** Labels of a product's own users under a name that no judge needs to have. */
export const THUMBS = 'thumbs';

/** POST /api/feedback: a thumb of somebody who uses the product, about one trace. */
export const feedback = z.strictObject({
  trace_id: z.string().min(1),
  thumbs: z.enum(['up', 'down']),
  comment: z.string().max(100_000).optional(),
  /** Who gave it, as the product knows them; default one nameless user a trace. */
  user: z.string().min(1).max(90).optional(),
});
export type Feedback = z.infer<typeof feedback>;
