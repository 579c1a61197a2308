import { z } from 'zod';
import { evaluateGate } from '../../contracts/spec.ts';
import type { EvaluateGate } from '../../domain/evaluate/gates.ts';
import { readDocument } from '../files/document.ts';

const LINE = /^\s*([a-z0-9][a-z0-9._-]*)\s*(>=|=)\s*([0-9.]+)\s*$/;

/** `correctness >= 0.9`; `safety = 1.0` says that nothing but the highest score will do. */
const line = z.string().transform((text, context): EvaluateGate => {
  const [, scorer = '', sign, bound = ''] = LINE.exec(text) ?? [];
  const min = Number(bound);
  if (scorer !== '' && min <= 1 && (sign === '>=' || min === 1))
    return evaluateGate.parse({ scorer, min });
  context.addIssue({
    code: 'custom',
    message: `\`${text}\` is no gate; write \`correctness >= 0.9\`, or \`safety = 1.0\``,
  });
  return z.NEVER;
});

const gateFile = z.array(z.union([line, evaluateGate])).min(1);

/** Gates of a YAML or JSON file: a list of lines, or of `{scorer, min, errors}`. @throws InvalidInputError */
export const readGates = (path: string): readonly EvaluateGate[] =>
  readDocument(path, gateFile).value;
