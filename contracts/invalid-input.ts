import type { z } from 'zod';
import { knownFields } from './known-fields.ts';
import { didYouMean } from './near.ts';

/** One thing wrong with what somebody gave: what, and where (file:line, a path in the spec, an option, a field). */
export type Fault = { readonly at: string; readonly message: string };

/** Faults that the text of an error names; `faults` holds them all. */
const SHOWN = 20;

/** Invalid use or input. Nothing has been changed. Lists every fault found, not only the first. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly faults: readonly Fault[];
  readonly hint: string | null;
  constructor(faults: readonly Fault[], hint: string | null = null) {
    super(textOf(faults));
    this.faults = faults;
    this.hint = hint;
  }
}

function textOf(faults: readonly Fault[]): string {
  const shown = faults.slice(0, SHOWN).map(({ at, message }) => `${at}: ${message}`);
  const more = faults.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more faults`] : [])].join('\n');
}

/** @throws InvalidInputError with one fault */
export function refuse(at: string, message: string): never {
  throw new InvalidInputError([{ at, message }]);
}

export type Issue = { readonly path: readonly (string | number)[]; readonly message: string };

/**
 * The faults zod found, one each: unknown fields by name, with the field of the schema that was most likely meant, and of a union the
 * branch that came nearest.
 */
export const issuesOf = (error: z.ZodError, schema?: z.ZodType): readonly Issue[] =>
  error.issues
    .flatMap((issue) => flatten(issue, []))
    .map((issue) => (issue.message === UNKNOWN ? unknownField(issue, schema) : issue));

const UNKNOWN = 'is not a known field';

function unknownField({ path, message }: Issue, schema: z.ZodType | undefined): Issue {
  const known = schema === undefined ? [] : knownFields(schema, path.slice(0, -1));
  return { path, message: `${message}${didYouMean(String(path.at(-1)), known)}` };
}

type RawIssue = z.core.$ZodIssue;

function flatten(issue: RawIssue, above: readonly (string | number)[]): readonly Issue[] {
  const path = [
    ...above,
    ...issue.path.map((key) => (typeof key === 'number' ? key : String(key))),
  ];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: UNKNOWN }));
  if (issue.code === 'invalid_union' && issue.errors.length > 0)
    return nearest(issue.errors).flatMap((inner) => flatten(inner, path));
  return [{ path, message: plain(issue) }];
}

/** In words of files and options: zod calls what is not there `undefined`, and an object with keys of any name a `record`. */
const plain = ({ code, message }: RawIssue): string =>
  code === 'invalid_type' && message.endsWith('received undefined')
    ? 'is missing'
    : message.replace('expected record', 'expected object');

/** The branch whose faults lie deepest is the one that was meant. */
function nearest(branches: readonly (readonly RawIssue[])[]): readonly RawIssue[] {
  const depth = (issues: readonly RawIssue[]) =>
    Math.max(
      0,
      ...issues.map((issue) => issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0)),
    );
  return branches.toSorted((a, b) => depth(b) - depth(a))[0] ?? [];
}
