import { refuses, says, verdict } from '../impolite.ts';
import type { Case } from './case.ts';

/** Errors by what they say, inside a 200 too. */
export const errors: Readonly<Record<string, Case>> = {
  'err-200': {
    does: () => ({
      status: 200,
      body: {
        error: { message: 'Provider returned error: upstream down', code: 502 },
        user_id: 'u',
      },
    }),
    right: /upstream down/,
    kind: 'provider',
    requests: 5,
  },
  'err-200-401': {
    does: () => ({
      status: 200,
      body: { error: { message: 'No auth credentials found', code: 401 } },
    }),
    right: /key was refused.*No auth/,
    kind: 'authentication',
    requests: 1,
  },
  'err-200-429': {
    does: (_, n) =>
      n < 3
        ? { status: 200, body: { error: { message: 'slow down', code: 429 } } }
        : says(verdict()),
    right: true,
    requests: 3,
  },
  'err-200-400 on seed': {
    does: (b) =>
      'seed' in b
        ? { status: 200, body: { error: { message: 'unknown field: seed', code: 400 } } }
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'choice-error': {
    does: (_, n) =>
      n < 2
        ? says('{"ration', {
            choice: { finish_reason: 'error', error: { code: 502, message: 'stream closed' } },
          })
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'mod-403': {
    does: () => ({
      status: 403,
      body: {
        error: {
          code: 403,
          message: 'openai/gpt requires moderation. Your input was flagged',
          metadata: { reasons: ['violence'], flagged_input: 'x' },
        },
      },
    }),
    right: /filter refused.*flagged/,
    kind: 'moderation',
    requests: 1,
  },
  'filter-400 (Azure)': {
    does: () =>
      refuses(
        400,
        "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
        { code: 'content_filter', status: 400 },
      ),
    right: /filter refused/,
    kind: 'moderation',
    requests: 1,
  },
  'filter in the finish reason': {
    does: () => says('', { choice: { finish_reason: 'content_filter' } }),
    right: /declined/,
    kind: 'refused',
    requests: 1,
  },
  refusal: {
    does: () => says(null, { message: { refusal: 'I cannot help with that.' } }),
    right: /cannot help/,
    kind: 'refused',
    requests: 1,
  },
  'key-403': {
    does: () => refuses(403, 'Your account is not authorized to use this model'),
    right: /key was refused/,
    kind: 'authentication',
    requests: 1,
  },
  'context-length': {
    does: () =>
      refuses(
        400,
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 10015 tokens.",
        { code: 'context_length_exceeded' },
      ),
    right: /takes 8192 tokens/,
    kind: 'context-length',
    requests: 1,
  },
  'no choices': {
    does: (_, n) =>
      n === 1 ? { status: 200, body: { choices: [], usage: null } } : says(verdict()),
    right: true,
    requests: 2,
  },
};
