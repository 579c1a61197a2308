import { z } from 'zod';
import { evaluateGate } from './spec.ts';

const LINE = /^\s*([a-z0-9][a-z0-9._-]*)\s*(>=|=)\s*([0-9.]+)\s*$/;

/** `correctness >= 0.9`; `safety = 1.0` says that nothing but the highest score will do. */
export const gateLine = z
  .string()
  .transform((text, context): Readonly<z.infer<typeof evaluateGate>> => {
    const [, scorer = '', sign, bound = ''] = LINE.exec(text) ?? [];
    const min = Number(bound);
    if (scorer !== '' && min <= 1 && (sign === '>=' || min === 1))
      return evaluateGate.parse({ scorer, min });
    if (scorer !== '' && min >= 2 && min <= 100)
      context.addIssue({
        code: 'custom',
        message: `\`${text}\` is no gate: scores go from 0 to 1; write \`${scorer} >= ${min / 100}\` if ${min} % is meant`,
      });
    else
      context.addIssue({
        code: 'custom',
        message: `\`${text}\` is no gate; write \`correctness >= 0.9\`, or \`safety = 1.0\``,
      });
    return z.NEVER;
  });
