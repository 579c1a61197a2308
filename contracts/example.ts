import { z } from 'zod';
import { jsonObject, type JsonObject } from './json.ts';

/** Where an example came from. */
export const exampleSource = z.strictObject({
  /** Id of the trace it was made of. */
  trace: z.string().min(1).max(200),
});
export type ExampleSource = Readonly<z.infer<typeof exampleSource>>;

/** A number or a truth value is kept as its text. */
const tag = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** One line of a dataset file (design.md, section 7). */
export const exampleLine = z.strictObject({
  id: z.string().min(1).max(200).optional(),
  conversation: z.string().min(1).max(200).optional(),
  inputs: jsonObject,
  outputs: jsonObject.optional(),
  expectations: jsonObject.optional(),
  tags: z.record(z.string(), tag).optional(),
  source: exampleSource.optional(),
});
export type ExampleLine = z.infer<typeof exampleLine>;

export type Example = {
  readonly id: string;
  /** Without a conversation of its own an example is one: the id is then its content hash. */
  readonly conversation: string;
  /** Hash of inputs, outputs, expectations and tags. */
  readonly hash: string;
  readonly inputs: JsonObject;
  readonly outputs?: JsonObject;
  readonly expectations?: JsonObject;
  readonly tags: Readonly<Record<string, string>>;
  readonly source?: ExampleSource;
};
