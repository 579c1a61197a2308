import type { CallContext, CompletionRequest } from '../../contracts/model.ts';
import type { ReplyStore } from '../../contracts/reply-store.ts';
import { createLimiter } from '../../llm/limiter.ts';
import { createModel, type ModelOptions } from '../../llm/model.ts';
import { loudReplies } from './loud-replies.ts';

export const KEY = 'secret-key-12345';

/** A model at an endpoint that waits hardly at all between attempts. */
export const modelAt = (
  endpoint: string,
  options: Partial<ModelOptions> & { readonly replies?: ReplyStore } = {},
) =>
  createModel({
    endpoint,
    apiKey: KEY,
    replies: loudReplies().session(),
    limiter: createLimiter({ concurrency: 64 }),
    random: () => 0,
    ...options,
  });

export const asks = (text: string, more: Partial<CompletionRequest> = {}): CompletionRequest => ({
  model: 'test-model',
  messages: [{ role: 'user', content: text }],
  ...more,
});

export const draw = (name: string, more: Partial<CallContext> = {}): CallContext => ({
  purpose: 'agent',
  draw: name,
  project: 'default',
  cycle: 'c/1',
  ...more,
});
