import { guardrail } from '../../contracts/spec.ts';
import type { Guardrail } from '../../contracts/spec.ts';

const LOWER_IS_BETTER: readonly string[] = ['error_rate', 'latency_ms', 'cost_usd'];

/** A `--guardrail` that cannot be read. */
export class GuardrailOptionError extends Error {
  override readonly name = 'GuardrailOptionError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly option: string;

  constructor(option: string) {
    super(
      `guardrail \`${option}\`: write NAME:min=X, NAME:max=X or NAME:margin=Y with numbers (min=1,tolerated=0.05 allows no failure)`,
    );
    this.option = option;
  }
}

/** Reads `NAME:min=X`, `NAME:max=X` or `NAME:margin=Y`. Throws GuardrailOptionError. */
export function parseGuardrail(option: string): Guardrail {
  const cut = option.lastIndexOf(':');
  const metric = option.slice(0, cut);
  const pairs = option
    .slice(cut + 1)
    .split(',')
    .map((pair) => pair.split('='));
  const fields = new Map(pairs.map(([key = '', value = '']) => [key.trim(), number(value)]));
  const isKnown = [...fields.keys()].every((key) => KEYS.includes(key));
  if (cut < 1 || !isKnown || [...fields.values()].some(Number.isNaN))
    throw new GuardrailOptionError(option);
  const floor = fields.get('min') ?? fields.get('max');
  const isLower = fields.has('max') || (!fields.has('min') && LOWER_IS_BETTER.includes(metric));
  const parsed = guardrail.safeParse({
    metric,
    direction: isLower ? 'lower' : 'higher',
    ...(fields.has('margin') && { margin: fields.get('margin') }),
    ...(floor !== undefined && { floor }),
    ...(fields.has('tolerated') && { tolerated: fields.get('tolerated') }),
  });
  if (!parsed.success) throw new GuardrailOptionError(option);
  return parsed.data;
}

const KEYS: readonly string[] = ['min', 'max', 'margin', 'tolerated'];

function number(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text);
}
