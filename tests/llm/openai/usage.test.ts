import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readUsage } from '../../../llm/openai/usage.ts';

const read = (usage: unknown) => {
  const { inputTokens, cachedTokens, outputTokens } = readUsage(usage, {
    sent: 'x'.repeat(398),
    said: 'y'.repeat(80),
  });
  return [inputTokens, cachedTokens, outputTokens];
};

/** Of 400 characters sent and 80 said. */
const ESTIMATED = [100, 0, 20];

const CASES: readonly (readonly [string, unknown, readonly number[]])[] = [
  ['plain', { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }, [7, 0, 3]],
  [
    'thinking counted in the output',
    {
      prompt_tokens: 7,
      completion_tokens: 30,
      total_tokens: 37,
      completion_tokens_details: { reasoning_tokens: 20 },
    },
    [7, 0, 30],
  ],
  [
    'thinking in the total alone',
    { prompt_tokens: 100, completion_tokens: 10, total_tokens: 5_110 },
    [100, 0, 5_010],
  ],
  [
    'thinking beside the output, without a total',
    {
      prompt_tokens: 100,
      completion_tokens: 10,
      completion_tokens_details: { reasoning_tokens: 5_000 },
    },
    [100, 0, 5_010],
  ],
  [
    'thinking as Google counts it',
    {
      promptTokenCount: 100,
      candidatesTokenCount: 10,
      thoughtsTokenCount: 40,
      totalTokenCount: 150,
    },
    [100, 0, 50],
  ],
  [
    'cached',
    { prompt_tokens: 100, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 60 } },
    [100, 60, 5],
  ],
  [
    'cached as DeepSeek counts it',
    {
      prompt_tokens: 100,
      completion_tokens: 5,
      prompt_cache_hit_tokens: 64,
      prompt_cache_miss_tokens: 36,
    },
    [100, 64, 5],
  ],
  [
    'cached beside the input, as Anthropic counts it',
    {
      input_tokens: 10,
      output_tokens: 5,
      cache_read_input_tokens: 70,
      cache_creation_input_tokens: 20,
    },
    [100, 70, 5],
  ],
  [
    'more cached than sent',
    { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 60 } },
    [10, 10, 5],
  ],
  ['as texts', { prompt_tokens: '7', completion_tokens: '3' }, [7, 0, 3]],
  ['fractions', { prompt_tokens: 6.2, completion_tokens: 2.5 }, [7, 0, 3]],
  ['negative', { prompt_tokens: -1, completion_tokens: -1 }, ESTIMATED],
  ['not finite', { prompt_tokens: NaN, completion_tokens: Infinity }, ESTIMATED],
  ['beyond any context', { prompt_tokens: 1e30, completion_tokens: 1e30 }, ESTIMATED],
  ['zeros', { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }, ESTIMATED],
  ['objects', { prompt_tokens: {}, completion_tokens: [3] }, ESTIMATED],
  ['null', null, ESTIMATED],
  ['a word', 'many', ESTIMATED],
];
for (const [name, usage, wanted] of CASES)
  test(`${name}: ${wanted.join(', ')}`, () => assert.deepEqual(read(usage), wanted));
