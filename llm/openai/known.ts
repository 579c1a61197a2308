import type { Dialect } from '../../contracts/dialect.ts';

/** A starting point: what a provider's documentation says of its dialect. The rest is learned from refusals. */
export type Known = {
  readonly name: string;
  /** By the host of its address; null where it runs anywhere. */
  readonly host: RegExp | null;
  readonly model?: RegExp;
  /** Base URL as `OPENAI_BASE_URL` wants it. */
  readonly address: string;
  readonly dialect: Dialect;
  readonly says: string;
  readonly source: string;
};

const OPENAI = /(^|\.)openai\.com$/;
const AZURE = /\.azure\.(com|us|cn)$/;

export const KNOWN: readonly Known[] = [
  {
    name: 'OpenAI',
    host: OPENAI,
    address: 'https://api.openai.com/v1',
    dialect: [{ kind: 'rename', field: 'max_tokens', to: 'max_completion_tokens' }],
    says: '`max_tokens` is deprecated in favour of `max_completion_tokens`',
    source: 'https://platform.openai.com/docs/api-reference/chat/create',
  },
  {
    name: 'OpenAI, reasoning models',
    host: OPENAI,
    model: /^(o\d|gpt-5(?!.*chat))/,
    address: 'https://api.openai.com/v1',
    dialect: [{ kind: 'drop', field: 'temperature' }],
    says: 'only the default temperature; thinking counts as output',
    source: 'https://platform.openai.com/docs/guides/reasoning',
  },
  {
    name: 'Azure OpenAI',
    host: AZURE,
    address:
      'https://NAME.openai.azure.com/openai/v1, or .../openai/deployments/DEPLOYMENT?api-version=2024-10-21',
    dialect: [],
    says: 'the model is the name of the deployment; reasoning models take `max_completion_tokens` alone and no temperature, which is learned, since a deployment does not say what it holds; 400 `content_filter` is a moderation',
    source: 'https://learn.microsoft.com/azure/ai-services/openai/how-to/reasoning',
  },
  {
    name: 'Gemini, compatible endpoint',
    host: /^generativelanguage\.googleapis\.com$/,
    address: 'https://generativelanguage.googleapis.com/v1beta/openai',
    dialect: [{ kind: 'drop', field: 'seed' }],
    says: 'unknown fields, `seed` among them, are refused by name; 429 says in its body when to come back',
    source: 'https://ai.google.dev/gemini-api/docs/openai',
  },
  {
    name: 'Anthropic, compatible endpoint',
    host: /(^|\.)anthropic\.com$/,
    address: 'https://api.anthropic.com/v1',
    dialect: [
      { kind: 'drop', field: 'seed' },
      { kind: 'format', schema: null, to: 'text' },
      { kind: 'most', field: 'temperature', value: 1 },
    ],
    says: '`seed` and `response_format` are ignored without a word, so the schema goes into the words; the temperature is capped at 1',
    source: 'https://docs.anthropic.com/en/api/openai-sdk',
  },
  {
    name: 'Mistral',
    host: /(^|\.)mistral\.ai$/,
    address: 'https://api.mistral.ai/v1',
    dialect: [{ kind: 'rename', field: 'seed', to: 'random_seed' }],
    says: 'the seed is called `random_seed`; reasoning models answer in parts, thinking apart',
    source: 'https://docs.mistral.ai/api',
  },
  {
    name: 'OpenRouter',
    host: /(^|\.)openrouter\.ai$/,
    address: 'https://openrouter.ai/api/v1',
    dialect: [],
    says: 'once a model has begun, errors come inside a 200; 403 is a moderation, with its reasons; thinking in `reasoning`',
    source: 'https://openrouter.ai/docs/api/reference/errors-and-debugging',
  },
  {
    name: 'Groq',
    host: /(^|\.)groq\.com$/,
    address: 'https://api.groq.com/openai/v1',
    dialect: [],
    says: '`logprobs`, `logit_bias` and `n` above 1 are refused with 400; a temperature of 0 becomes 1e-8',
    source: 'https://console.groq.com/docs/openai',
  },
  {
    name: 'vLLM',
    host: null,
    address: 'http://HOST:8000/v1',
    dialect: [],
    says: 'takes `seed` and JSON schemas; with a reasoning parser thinking is in `reasoning` (before: `reasoning_content`), else in the text',
    source: 'https://docs.vllm.ai/en/stable/features/reasoning_outputs/',
  },
  {
    name: 'Ollama',
    host: null,
    address: 'http://HOST:11434/v1',
    dialect: [],
    says: 'takes `seed`, `response_format`, `max_tokens` and tools; what is longer than the context is cut off in front without a word: set `num_ctx`',
    source: 'https://docs.ollama.com/api/openai-compatibility',
  },
  {
    name: 'llama.cpp',
    host: null,
    address: 'http://HOST:8080/v1',
    dialect: [],
    says: 'takes `seed` and schemas (as grammars); thinking in `reasoning_content`; a request that is too long is refused with `n_ctx`',
    source: 'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md',
  },
  {
    name: 'LM Studio',
    host: null,
    address: 'http://HOST:1234/v1',
    dialect: [],
    says: 'takes JSON schemas; `json_object` alone is refused; whether a model keeps to a schema depends on the model',
    source: 'https://lmstudio.ai/docs/advanced/structured-output',
  },
  {
    name: 'LiteLLM',
    host: null,
    address: 'http://HOST:4000/v1',
    dialect: [],
    says: 'names what a provider behind it does not take (`UnsupportedParamsError`) and leaves it out itself with `drop_params: true`: then a seed is ignored without a word',
    source: 'https://docs.litellm.ai/docs/completion/drop_params',
  },
];

/** What is known of a model at an address before anything is asked. */
export function startingDialect(endpoint: string, model: string): Dialect {
  const { hostname } = new URL(endpoint);
  return KNOWN.filter(
    (known) => known.host?.test(hostname) === true && known.model?.test(model) !== false,
  ).flatMap(({ dialect }) => dialect);
}
