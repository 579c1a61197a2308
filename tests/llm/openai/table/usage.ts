import { says, verdict } from '../impolite.ts';
import type { Case } from './case.ts';

/** Token counts in every form; none costs a paid verdict. */
export const usage: Readonly<Record<string, Case>> = {
  'usage-reasoning': {
    does: () =>
      says(verdict(), {
        usage: {
          prompt_tokens: 100,
          completion_tokens: 10,
          total_tokens: 5_110,
          completion_tokens_details: { reasoning_tokens: 5_000 },
        },
      }),
    right: true,
    requests: 1,
    output: 5_010,
  },
  'usage-text': {
    does: () => says(verdict(), { usage: { prompt_tokens: '100', completion_tokens: '10' } }),
    right: true,
    requests: 1,
    output: 10,
  },
  'usage-fraction': {
    does: () => says(verdict(), { usage: { prompt_tokens: 10.5, completion_tokens: 10.2 } }),
    right: true,
    requests: 1,
    output: 11,
  },
  'usage-neg': {
    does: () => says(verdict(), { usage: { prompt_tokens: -1, completion_tokens: -1 } }),
    right: true,
    requests: 1,
  },
  'usage-huge': {
    does: () => says(verdict(), { usage: { prompt_tokens: 1e30, completion_tokens: 1e30 } }),
    right: true,
    requests: 1,
  },
  'usage-null': { does: () => says(verdict(), { usage: null }), right: true, requests: 1 },
  'usage-nonsense': { does: () => says(verdict(), { usage: 'many' }), right: true, requests: 1 },
};
