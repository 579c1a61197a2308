import type { z } from 'zod';
import { type Fault, InvalidInputError } from '../errors.ts';
import { issuesOf } from './issues.ts';
import { readText } from './read.ts';

/** A value with the number of its line in the file. */
export type Numbered<T> = { readonly line: number; readonly value: T };

const SHOWN = 20;

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
  refuse(path, faults);
  return rows;
}

/** @throws InvalidInputError with the first faults and the count of the others, when there is any */
export function refuse(path: string, faults: readonly Fault[]): void {
  if (faults.length === 0) return;
  const more = faults.length - SHOWN;
  const rest = more > 0 ? [{ at: path, message: `and ${more} more faults` }] : [];
  throw new InvalidInputError(
    [...faults.slice(0, SHOWN), ...rest],
    'Nothing of this file was imported.',
  );
}

function parseLine<T>(
  text: string,
  schema: z.ZodType<T>,
): { readonly value: T } | { readonly faults: readonly string[] } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
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
