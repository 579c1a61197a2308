import { parseArgs } from 'node:util';
import { z } from 'zod';

const whole = z.coerce.number().int().nonnegative();
const share = z.coerce.number().min(0).max(1).default(0);
const shape = z.object({
  rows: whole.min(1).default(20_000),
  judges: whole.min(1).default(2),
  'latency-ms': whole.default(200),
  concurrency: whole.min(1).default(64),
  'model-url': z.url(),
  /** Shares of calls that the mock fails with 429 and with 500: a second run, beside the undisturbed one. */
  p429: share,
  p500: share,
  /** Share of contents that the mock always fails: one more run. */
  poison: share,
});

export type EvaluateOptions = z.infer<typeof shape>;

const USAGE =
  '--rows N --judges M --latency-ms L --concurrency C --model-url URL [--faults] [--p429 SHARE] [--p500 SHARE] [--poison SHARE]';

/** The command line of the evaluate bench; `--faults` is 5 % 429, 2 % 500 and 5 % poison. @throws with every fault. */
export function readOptions(args: readonly string[]): EvaluateOptions {
  const options = Object.fromEntries(
    Object.keys(shape.shape).map((name) => [name, { type: 'string' } as const]),
  );
  const { values } = parseArgs({
    args: [...args],
    options: { ...options, faults: { type: 'boolean' } },
  });
  const { faults, ...given } = values;
  const preset = faults === true ? { p429: '0.05', p500: '0.02', poison: '0.05' } : {};
  const parsed = shape.safeParse({ ...preset, ...given });
  if (parsed.success) return parsed.data;
  throw new Error(`bench:evaluate: ${z.prettifyError(parsed.error)}\nusage: ${USAGE}`);
}
