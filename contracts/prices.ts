import type { Usage } from './model.ts';

/** USD for a million tokens; `cached` is what cached input costs (default: the price of input). */
export type Price = { readonly input: number; readonly cached?: number; readonly output: number };

/** Prices by model name; a name also stands for its dated versions (`name-2025-04-14`, `name-latest`). */
export type Prices = Readonly<Record<string, Price>>;

/** List prices as published by the provider in 2025; override them where yours differ. */
export const LIST_PRICES: Prices = {
  'gpt-4.1': { input: 2, cached: 0.5, output: 8 },
  'gpt-4.1-mini': { input: 0.4, cached: 0.1, output: 1.6 },
  'gpt-4.1-nano': { input: 0.1, cached: 0.025, output: 0.4 },
  'gpt-4o': { input: 2.5, cached: 1.25, output: 10 },
  'gpt-4o-mini': { input: 0.15, cached: 0.075, output: 0.6 },
  'gpt-5': { input: 1.25, cached: 0.125, output: 10 },
  'gpt-5-mini': { input: 0.25, cached: 0.025, output: 2 },
  'gpt-5-nano': { input: 0.05, cached: 0.005, output: 0.4 },
  'gpt-5.1': { input: 1.25, cached: 0.125, output: 10 },
  o3: { input: 2, cached: 0.5, output: 8 },
  'o4-mini': { input: 1.1, cached: 0.275, output: 4.4 },
  'text-embedding-3-small': { input: 0.02, output: 0 },
  'text-embedding-3-large': { input: 0.13, output: 0 },
  'practice-agent': { input: 0, output: 0 },
  'practice-judge': { input: 0, output: 0 },
  'practice-reflector': { input: 0, output: 0 },
  'practice-embed': { input: 0, output: 0 },
  'local-ngram-512': { input: 0, output: 0 },
};

const VERSION = /-(\d{4}-\d{2}-\d{2}|\d{4}|latest)$/;

/** The price of a model; null where the table has none. */
export const priceOfModel = (model: string, prices: Prices): Price | null =>
  prices[model] ?? prices[model.replace(VERSION, '')] ?? null;

/** USD of one reply; `known` is false (and the price 0) where the table has no such model. */
export function priceOf(
  model: string,
  usage: Usage,
  prices: Prices = LIST_PRICES,
): { readonly usd: number; readonly known: boolean } {
  const price = priceOfModel(model, prices);
  if (price === null) return { usd: 0, known: false };
  const fresh = Math.max(0, usage.inputTokens - usage.cachedTokens);
  const cost =
    fresh * price.input +
    usage.cachedTokens * (price.cached ?? price.input) +
    usage.outputTokens * price.output;
  return { usd: cost / 1_000_000, known: true };
}
