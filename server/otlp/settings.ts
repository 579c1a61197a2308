import { z } from 'zod';

/** Where received traces are sent on to: the whole address, such as `https://host/v1/traces`. */
export const forwardUrl = z
  .url({ protocol: /^https?$/, error: 'is no http or https address' })
  .refine((url) => new URL(url).username === '' && new URL(url).password === '', {
    error: 'holds a user or a password: give them in ATTUNE_FORWARD_OTLP_HEADERS',
  });

/** Headers as OTEL_EXPORTER_OTLP_HEADERS writes them: `name=value,name=value`, values percent-encoded. No error repeats a value. */
export const forwardHeaders = z.string().transform((text, context) => {
  const pairs = text
    .split(',')
    .filter((pair) => pair.trim() !== '')
    .map((pair) => /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(pair));
  try {
    return Object.fromEntries(
      pairs.map((pair) => [pair![1]!.toLowerCase(), decodeURIComponent(pair![2]!)]),
    );
  } catch {
    context.addIssue({ code: 'custom', message: 'is not written as `name=value,name=value`' });
    return z.NEVER;
  }
});
