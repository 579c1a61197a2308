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
  readonly createdAt: string;
};

export type AliasMove = {
  readonly prompt: string;
  readonly alias: string;
  readonly from: number | null;
  readonly to: number;
  readonly who: string;
  readonly why: string;
  readonly cycle: string | null;
  readonly evidence: string | null;
  readonly override: boolean;
  readonly at: string;
};

/** `name`, `name@alias` or `name@3`. */
export const promptReference = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]*(@[a-z0-9][a-z0-9._-]*)?$/, 'use name, name@alias or name@version');

export const promptFile = z.strictObject({ name, text: z.string().min(1) });
