import type { z } from 'zod';
import { type Fault, InvalidInputError, issuesOf } from '../../contracts/invalid-input.ts';
import { readJson } from '../../contracts/read-json.ts';
import { readText } from './read.ts';

/** A value with the number of its line in the file. */
export type Numbered<T> = { readonly line: number; readonly value: T };

/**
 * Every line of a JSONL file under a schema, blank lines left out.
 * @throws InvalidInputError naming each bad line: all lines are good or nothing is returned
 */
export function readJsonLines<T>(path: string, schema: z.ZodType<T>): readonly Numbered<T>[] {
  const faults: Fault[] = [];
  const rows: Numbered<T>[] = [];
  for (const [index, text] of readText(path).split(/\r?\n/).entries()) {
    if (text.trim() === '') continue;
    const line = index + 1;
    const found = parseLine(text, schema);
    if ('value' in found) rows.push({ line, value: found.value });
    else faults.push(...found.faults.map((message) => ({ at: `${path}:${line}`, message })));
  }
  refuseFile(faults);
  return rows;
}

/** The remedy of every file that is refused. */
export const NOTHING = 'Nothing of this file was used.';

/** A file is taken whole or not at all. @throws InvalidInputError when it has any fault */
export function refuseFile(faults: readonly Fault[]): void {
  if (faults.length > 0) throw new InvalidInputError(faults, NOTHING);
}

function parseLine<T>(
  text: string,
  schema: z.ZodType<T>,
): { readonly value: T } | { readonly faults: readonly string[] } {
  let parsed: unknown;
  try {
    parsed = readJson(text);
  } catch (error) {
    return { faults: [`not JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
  const checked = schema.safeParse(parsed);
  if (checked.success) return { value: checked.data };
  return {
    faults: issuesOf(checked.error).map(({ path, message }) =>
      path.length === 0 ? message : `${path.join('.')}: ${message}`,
    ),
  };
}
