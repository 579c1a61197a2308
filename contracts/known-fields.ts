import type { z } from 'zod';

type Def = {
  readonly shape?: Readonly<Record<string, z.core.$ZodType>>;
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly options?: readonly z.core.$ZodType[];
  readonly in?: z.core.$ZodType;
  readonly getter?: () => z.core.$ZodType;
};

/** The fields that a schema has at a path, of every branch that may be meant. */
export function knownFields(
  schema: z.core.$ZodType,
  path: readonly (string | number)[],
): readonly string[] {
  const def = (schema as z.ZodType).def as Def;
  const inside = def.innerType ?? def.in ?? def.getter?.();
  if (inside !== undefined) return knownFields(inside, path);
  if (def.options !== undefined && Array.isArray(def.options))
    return [...new Set(def.options.flatMap((option) => knownFields(option, path)))];
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(def.shape ?? {});
  const below = def.shape?.[key] ?? def.element ?? def.valueType;
  return below === undefined ? [] : knownFields(below, rest);
}
