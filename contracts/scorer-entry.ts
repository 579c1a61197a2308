import { z } from 'zod';
import { judgeDefinition, judgeParameters } from './judge.ts';
import { name } from './name.ts';
import { spanScorer, usageScorer } from './scorer.ts';

/** A name, or a path ending in a known extension, relative to the file that says it. */
export const nameOrPath = z.string().min(1);

/** Pass or fail by rules in plain words, for every case or brought by each example. */
export const guidelinesEntry = z
  .strictObject({
    kind: z.literal('guidelines'),
    name,
    guidelines: z.array(z.string().min(1)).min(1).max(100).optional(),
    /** Each example brings its own in `expectations.guidelines`; one without any is not applicable. */
    perExample: z.boolean().default(false),
    model: z.string().min(1).optional(),
    parameters: judgeParameters,
  })
  .refine(({ guidelines, perExample }) => guidelines !== undefined || perExample, {
    path: ['guidelines'],
    message: 'give at least one rule, or set perExample: true',
  });
export type GuidelinesEntry = z.infer<typeof guidelinesEntry>;

/** A judge that comes with Attune, with rules, a model or a name of one's own. */
export const builtinEntry = z.strictObject({
  builtin: name,
  name: name.optional(),
  guidelines: z.array(z.string().min(1)).min(1).max(100).optional(),
  model: z.string().min(1).optional(),
  parameters: judgeParameters.optional(),
});
export type BuiltinEntry = z.infer<typeof builtinEntry>;

/** A judge: by name or path, in place, as guidelines, or one that comes with Attune. */
export const judgeEntry = z.union([nameOrPath, guidelinesEntry, builtinEntry, judgeDefinition]);
export type JudgeEntry = z.infer<typeof judgeEntry>;

/** A scorer as a spec names it; code scorers by the name they have in `attune.config.ts`. */
export const scorerEntry = z.union([
  nameOrPath,
  guidelinesEntry,
  builtinEntry,
  judgeDefinition,
  spanScorer,
  usageScorer,
]);
export type ScorerEntry = z.infer<typeof scorerEntry>;
