import { refuses, says, verdict } from '../impolite.ts';
import type { Case } from './case.ts';

/** Fields and formats that a server does not take. */
export const refusedFields: Readonly<Record<string, Case>> = {
  'no-seed (Gemini)': {
    does: (b) =>
      'seed' in b
        ? refuses(400, 'Invalid JSON payload received. Unknown name "seed": Cannot find field.')
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'no-seed (Mistral)': {
    does: (b) =>
      'seed' in b
        ? {
            status: 422,
            body: {
              object: 'error',
              message: {
                detail: [
                  {
                    type: 'extra_forbidden',
                    loc: ['body', 'seed'],
                    msg: 'Extra inputs are not permitted',
                    input: 1,
                  },
                ],
              },
            },
          }
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'no-seed (FastAPI)': {
    does: (b) =>
      'seed' in b
        ? {
            status: 422,
            body: { detail: [{ loc: ['body', 'seed'], msg: 'extra fields not permitted' }] },
          }
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'no-seed (serde)': {
    does: (b) =>
      'seed' in b
        ? refuses(
            422,
            'Failed to deserialize the JSON body: unknown field `seed`, expected one of `model`, `messages`, `max_tokens`, `response_format`, `temperature`',
          )
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'no-seed (a Python keyword, 500)': {
    does: (b) =>
      'seed' in b
        ? refuses(500, "TypeError: create() got an unexpected keyword argument 'seed'")
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'no-seed (a list, as Google wraps errors)': {
    does: (b) =>
      'seed' in b
        ? {
            status: 400,
            body: [
              { error: { code: 400, message: 'Unknown name "seed"', status: 'INVALID_ARGUMENT' } },
            ],
          }
        : says(verdict()),
    right: true,
    requests: 2,
  },
  'no-seed (no words at all)': {
    does: (b) => ('seed' in b ? { status: 400, raw: '' } : says(verdict())),
    right: true,
    // Two formats are tried before.
    requests: 4,
  },
  'no-format': {
    does: (b) =>
      b['response_format']
        ? refuses(400, 'response_format is not supported by this model')
        : says(verdict()),
    right: true,
    requests: 3,
  },
  'format-500': {
    does: (b) => (b['response_format'] ? refuses(500, 'Internal Server Error') : says(verdict())),
    right: true,
    requests: 2,
  },
  'all refused, one after the other': {
    does: (b) => {
      const messages = b['messages'] as { role: string }[];
      if ('seed' in b) return refuses(400, 'Unrecognized request argument supplied: seed');
      if (b['response_format']) return refuses(400, 'This response_format type is unavailable now');
      if (messages[0]?.role === 'system') return refuses(400, 'System role not supported');
      return says(verdict());
    },
    right: true,
    requests: 5,
  },
};
