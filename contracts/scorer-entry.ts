import { z } from 'zod';
import { judgeDefinition, type JudgeDefinition, judgeParameters, rules } from './judge.ts';
import { name } from './name.ts';
import { type SpanScorer, spanScorer, type UsageScorer, usageScorer } from './scorer.ts';

/** A name, or a path ending in a known extension, relative to the file that says it. */
export const nameOrPath = z.string().min(1);

/** Pass or fail by rules in plain words, for every case or brought by each example. */
export const guidelinesEntry = z
  .strictObject({
    kind: z.literal('guidelines'),
    name,
    guidelines: rules.optional(),
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
  guidelines: rules.optional(),
  model: z.string().min(1).optional(),
  parameters: judgeParameters.optional(),
});
export type BuiltinEntry = z.infer<typeof builtinEntry>;

type Kinds<T> = Readonly<Record<string, z.ZodType<T>>>;

/** An object under the schema of its `kind`: its faults are those of that schema, and an unknown kind is told the known ones. */
const ofKind = <T>(kinds: Kinds<T>, beside = '') =>
  z.looseObject({}).transform((given, context): T => {
    const { kind: said, builtin } = given as {
      readonly kind?: unknown;
      readonly builtin?: unknown;
    };
    const kind = said ?? (builtin === undefined ? 'judge' : 'builtin');
    const schema = typeof kind === 'string' && Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (schema === undefined) {
      const known = Object.keys(kinds).filter((one) => one !== 'builtin');
      const message = `is ${JSON.stringify(kind)}; use one of ${known.join(', ')}${beside}`;
      context.issues.push({ code: 'custom', path: ['kind'], message, input: given });
      return z.NEVER;
    }
    const read = schema.safeParse(given);
    if (read.success) return read.data;
    for (const issue of read.error.issues)
      context.issues.push({ ...issue, input: given } as (typeof context.issues)[number]);
    return z.NEVER;
  });

const judgeKinds = {
  judge: judgeDefinition,
  guidelines: guidelinesEntry,
  builtin: builtinEntry,
} as const;

/** A judge: by name or path, in place, as guidelines, or one that comes with Attune. */
export const judgeEntry = z.union([
  nameOrPath,
  ofKind<JudgeDefinition | GuidelinesEntry | BuiltinEntry>(
    judgeKinds,
    ': what people label. Scorers of other kinds stand under `scorers`, where one may be the `primary` metric',
  ),
]);
export type JudgeEntry = z.infer<typeof judgeEntry>;

/** A scorer as a spec names it; code scorers by the name they have in `attune.config.ts`. */
export const scorerEntry = z.union([
  nameOrPath,
  ofKind<JudgeDefinition | GuidelinesEntry | BuiltinEntry | SpanScorer | UsageScorer>({
    ...judgeKinds,
    spans: spanScorer,
    'tool-usage': usageScorer,
    'retriever-usage': usageScorer,
  }),
]);
export type ScorerEntry = z.infer<typeof scorerEntry>;
