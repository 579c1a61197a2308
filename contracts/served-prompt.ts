import { z } from 'zod';

/** A prompt as agents read it over HTTP: the text that stands behind `name@alias` now. */
export const servedPrompt = z.strictObject({
  name: z.string(),
  /** Null where a version was asked for by number, or the newest. */
  alias: z.string().nullable(),
  number: z.int(),
  hash: z.string(),
  text: z.string(),
  variables: z.array(z.string()),
  /** How the alias came to stand here; null without an alias. */
  standing: z
    .strictObject({
      who: z.string(),
      at: z.string(),
      cycle: z.string().nullable(),
      evidence: z.string().nullable(),
      /** Moved by hand, without a gate that said promote. */
      override: z.boolean(),
      rollback: z.boolean(),
    })
    .nullable(),
});
export type ServedPrompt = Readonly<z.infer<typeof servedPrompt>>;
