import { z } from 'zod';
import { name } from './name.ts';

/** An immutable numbered version of a named prompt text. */
export type PromptVersion = {
  readonly name: string;
  readonly number: number;
  /** Hash of the text. */
  readonly hash: string;
  readonly text: string;
  readonly variables: readonly string[];
  readonly message: string | null;
  readonly parent: number | null;
  /** `<name>/<n>` of the cycle that wrote it; null when a person did. */
  readonly cycle: string | null;
  /** Models by role that it was written for. */
  readonly models: Readonly<Record<string, string>> | null;
  readonly createdAt: string;
};

/** One row of an alias's history. */
export const aliasMove = z.strictObject({
  prompt: z.string(),
  alias: z.string(),
  from: z.int().nullable(),
  to: z.int(),
  who: z.string(),
  why: z.string(),
  cycle: z.string().nullable(),
  /** Hash of the frozen gate that said promote. */
  evidence: z.string().nullable(),
  /** Moved by hand, without a gate that said promote. */
  override: z.boolean(),
  rollback: z.boolean(),
  at: z.string(),
});
export type AliasMove = Readonly<z.infer<typeof aliasMove>>;

/** `router@3` is version 3, so no alias is a number. */
export const aliasName = name.refine((given) => !/^\d+$/.test(given), {
  error: 'a number stands for a version; use a name such as production',
});

/** `name`, `name@alias` or `name@3`. */
export const promptReference = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*(@[a-z0-9][a-z0-9._-]*)?$/, 'use name, name@alias or name@version');

export const promptFile = z.strictObject({ name, text: z.string().min(1) });
