import { z } from 'zod';
import { gateLine } from '../../contracts/gate-line.ts';
import { evaluateGate } from '../../contracts/spec.ts';
import type { EvaluateGate } from '../../domain/evaluate/gates.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { readDocument } from '../files/document.ts';

// Of a union only "invalid input" would be said: the kind of a line decides which of the two is meant.
const anyGate = z.unknown().transform((value, context) => {
  const read = (typeof value === 'string' ? gateLine : evaluateGate).safeParse(value);
  if (read.success) return read.data;
  for (const { path, message } of read.error.issues)
    context.addIssue({ code: 'custom', path: [...path], message });
  return z.NEVER;
});
const gateFile = z.array(anyGate).min(1);

/** Gates of a YAML or JSON file: a list of lines, or of `{scorer, min, errors}`. @throws InvalidInputError */
export const readGates = (path: string): readonly EvaluateGate[] =>
  readDocument(path, gateFile).value;

/** @throws InvalidInputError where a gate asks for a scorer that does not run */
export function mustRun(gates: readonly EvaluateGate[], scorers: readonly string[]): void {
  const faults = gates
    .filter(({ scorer }) => !scorers.includes(scorer))
    .map(({ scorer }) => ({
      at: '--gate',
      message: `asks for \`${scorer}\`, which this evaluation does not run (it runs ${scorers.join(', ')}); add \`--scorer ${scorer}\`, or correct the gate`,
    }));
  if (faults.length > 0) throw new InvalidInputError(faults);
}
