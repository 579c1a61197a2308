import { z } from 'zod';
import type { Operation } from './operation.ts';

export type JsonSchema = { readonly [key: string]: unknown };

/** The JSON Schema (2020-12) of an operation's input or output; what no schema can say is left open. */
export function schemaOf(operation: Operation, side: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(operation[side] as z.ZodType, {
    io: 'input',
    unrepresentable: 'any',
  });
  return schema;
}

/** The schema of each field of the input. */
export function fieldsOf(operation: Operation): Readonly<Record<string, JsonSchema>> {
  return (schemaOf(operation, 'input')['properties'] ?? {}) as Record<string, JsonSchema>;
}

/** Types of value that a field takes: more than one where it may be several things. */
export function typesOf(schema: JsonSchema): readonly string[] {
  const { type, anyOf, oneOf } = schema;
  if (typeof type === 'string') return [type];
  const branches = (anyOf ?? oneOf ?? []) as readonly JsonSchema[];
  return branches.flatMap(typesOf);
}
