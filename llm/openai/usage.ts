import type { Usage } from '../../contracts/model.ts';
import { estimateTokens } from '../tokens.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Where servers write a count, the most usual first; a dot leads into an object. */
const NAMES = {
  input: ['prompt_tokens', 'input_tokens', 'prompt_eval_count', 'promptTokenCount', 'inputTokens'],
  output: [
    'completion_tokens',
    'output_tokens',
    'eval_count',
    'candidatesTokenCount',
    'generated_tokens',
    'outputTokens',
  ],
  total: ['total_tokens', 'totalTokenCount', 'totalTokens'],
  reasoning: [
    'completion_tokens_details.reasoning_tokens',
    'output_tokens_details.reasoning_tokens',
    'reasoning_tokens',
    'thoughtsTokenCount',
    'thoughts_token_count',
  ],
  cached: [
    'prompt_tokens_details.cached_tokens',
    'input_tokens_details.cached_tokens',
    'prompt_cache_hit_tokens',
    'cached_tokens',
    'cache_read_input_tokens',
    'cachedContentTokenCount',
  ],
  /** Of servers that count it beside the input and not in it. */
  written: ['cache_creation_input_tokens'],
} as const;

/** A larger one is no count. */
const MOST = 2_000_000_000;

/** A count as numbers or digits give it; null for what is no count at all. */
function countOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return null;
  return number < 0 || number > MOST ? null : Math.ceil(number);
}

function find(usage: Fields, names: readonly string[]): number | null {
  for (const name of names) {
    const value = name
      .split('.')
      .reduce<unknown>((at, key) => (at as Fields | null | undefined)?.[key], usage);
    const count = countOf(value);
    if (count !== null) return count;
  }
  return null;
}

/** What is estimated where nothing usable was counted. */
export type Uncounted = { readonly sent: unknown; readonly said: string };

/** The tokens of a reply, thinking among the output. No count, whatever its form, is ever a reason to lose a reply. */
export function readUsage(reported: unknown, uncounted: Uncounted): Usage {
  const usage = (typeof reported === 'object' && reported !== null ? reported : {}) as Fields;
  const said = (names: readonly string[]): number | null => find(usage, names);
  const cached = said(NAMES.cached) ?? 0;
  const input = said(NAMES.input) || null;
  const counted = said(NAMES.output);
  const total = said(NAMES.total);
  const inputTokens =
    (input ?? estimateTokens(JSON.stringify(uncounted.sent))) + besides(usage, input, cached);
  const output = outputOf({
    counted,
    total,
    input: inputTokens,
    known: input !== null,
    reasoning: said(NAMES.reasoning) ?? 0,
  });
  return {
    inputTokens,
    cachedTokens: Math.min(cached, inputTokens),
    outputTokens: output > 0 || uncounted.said === '' ? output : estimateTokens(uncounted.said),
  };
}

/** Cached input that Anthropic's counts leave out of the input. */
function besides(usage: Fields, input: number | null, cached: number): number {
  const written = find(usage, NAMES.written);
  if (input === null || written === null || !('input_tokens' in usage)) return 0;
  return written + cached;
}

type Counts = {
  readonly counted: number | null;
  readonly total: number | null;
  readonly input: number;
  readonly known: boolean;
  readonly reasoning: number;
};

/** Some leave thinking out of the output and in the total only; some leave it out of both. */
function outputOf({ counted, total, input, known, reasoning }: Counts): number {
  const own = counted ?? 0;
  const rest = total === null || !known ? 0 : total - input;
  if (rest > own) return rest;
  return reasoning > own ? own + reasoning : own;
}
