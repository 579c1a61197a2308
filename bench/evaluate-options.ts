import { parseArgs } from 'node:util';
import { z } from 'zod';

const whole = z.coerce.number().int().nonnegative();
const shape = z.object({
  rows: whole.min(1).default(20_000),
  judges: whole.min(1).default(2),
  'latency-ms': whole.default(200),
  concurrency: whole.min(1).default(64),
  'model-url': z.url(),
  /** Shares of calls that the mock fails with 429, with 500, and of contents that it always fails. */
  p429: z.coerce.number().default(0),
  p500: z.coerce.number().default(0),
  poison: z.coerce.number().default(0),
});

export type EvaluateOptions = z.infer<typeof shape>;

/** The command line of the evaluate bench. @throws with every fault. */
export function readOptions(args: readonly string[]): EvaluateOptions {
  const options = Object.fromEntries(
    Object.keys(shape.shape).map((name) => [name, { type: 'string' } as const]),
  );
  const parsed = shape.safeParse(parseArgs({ args: [...args], options }).values);
  if (parsed.success) return parsed.data;
  throw new Error(
    `bench:evaluate: ${z.prettifyError(parsed.error)}\nusage: --rows N --judges M --latency-ms L --concurrency C --model-url URL`,
  );
}
