import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tooLong } from '../../../llm/openai/limits.ts';

const SAID: readonly (readonly [string, number | null, number | null])[] = [
  [
    "This model's maximum context length is 8192 tokens. However, your messages resulted in 10015 tokens. Please reduce the length of the messages.",
    8192,
    10015,
  ],
  [
    "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (3976 in the messages, 1024 in the completion).",
    4096,
    5000,
  ],
  [
    "This endpoint's maximum context length is 32768 tokens. However, you requested about 40000 tokens (39000 of text input, 1000 in the output).",
    32768,
    40000,
  ],
  ['prompt is too long: 208310 tokens > 199999 maximum', 199999, 208310],
  [
    'input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length or `max_tokens` and try again',
    200000,
    null,
  ],
  [
    'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    1048576,
    1200000,
  ],
  [
    'exceed_context_size_error: the request exceeds the available context size. try increasing it {"n_prompt_tokens":5001,"n_ctx":4096}',
    4096,
    5001,
  ],
  [
    'Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
    32768,
    40000,
  ],
  [
    'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000 `inputs` tokens and 100 `max_new_tokens`',
    4097,
    5000,
  ],
  ['The prompt is too long: 9000, model maximum context length: 8191', 8191, 9000],
  [
    "This model's maximum prompt length is 131,072 but the request contains 150,000 tokens.",
    131072,
    150000,
  ],
  [
    'too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5000',
    4081,
    5000,
  ],
  [
    'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens',
    4096,
    5000,
  ],
  [
    'Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens. context_length_exceeded',
    272000,
    300000,
  ],
  ['Please reduce the length of the messages or completion.', null, null],
  ['Input is too long for requested model.', null, null],
];

for (const [said, limit, asked] of SAID)
  test(`a request is too long: ${said.slice(0, 60)}`, () => {
    assert.deepEqual(tooLong(said), { limit, asked });
  });

test('a refusal about something else says nothing of length', () => {
  for (const said of [
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    "'response_format' of type 'json_schema' is not supported with this model.",
    'Invalid JSON payload received. Unknown name "seed": Cannot find field.',
    'max_tokens is too large: 5000. This model supports at most 4096 completion tokens.',
  ])
    assert.equal(tooLong(said), null, said);
});
