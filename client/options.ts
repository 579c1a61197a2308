import { InvalidArgumentError } from 'commander';
import type { ZodType } from 'zod';
import { name as nameSchema } from '../contracts/name.ts';
import { refuse } from '../contracts/invalid-input.ts';

/** Of an option that may be given several times. */
export const collect = (given: string, before: readonly string[]): string[] => [...before, given];

/** @throws InvalidArgumentError */
export function whole(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** A sum of money. @throws InvalidArgumentError */
export function amount(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0))
    throw new InvalidArgumentError('It must be a number of at least 0.');
  return value;
}

/** The name that a person gives to something new, by the rule of its kind. @throws InvalidInputError */
export function newName(at: string, text: string, rule: ZodType<string> = nameSchema): string {
  const checked = rule.safeParse(text);
  if (checked.success) return checked.data;
  return refuse(at, `\`${text}\` is no name; ${checked.error.issues[0]?.message}`);
}
