import { says, verdict } from '../impolite.ts';
import { type Case, cut, draft, final, part } from './case.ts';

/** Thoughts in the reply: a draft is never a verdict. */
export const thinking: Readonly<Record<string, Case>> = {
  chunks: {
    does: () => says([part('thinking', `hm ${verdict(false)}`), part('text', verdict())]),
    right: true,
    requests: 1,
  },
  'think-final': {
    does: () => says(`<think>draft ${draft}</think>\n${final}`),
    right: false,
    requests: 1,
  },
  'thinking tags of another name': {
    does: () => says(`<thinking>\n${draft}\n</thinking>\n${final}`),
    right: false,
    requests: 1,
  },
  'close-only': {
    does: () => says(`draft ${draft}\n</think>\n\nFinal: ${final}`),
    right: false,
    requests: 1,
  },
  'think-cut': {
    does: () => says(`<think>First idea: ${draft} but wait`, cut),
    right: /cut at its length limit/,
    kind: 'unparseable',
    requests: 2,
  },
  'think-cut, whole with more room': {
    does: (b) =>
      Number(b['max_tokens'] ?? 0) >= 4_096
        ? says(`<think>${draft}</think>${final}`)
        : says(`<think>First idea: ${draft} but wait`, cut),
    right: false,
    requests: 2,
  },
  'think-open that the server calls finished': {
    does: () => says(`<think>First idea: ${draft} but wait`),
    right: /empty/,
    kind: 'unparseable',
    requests: 2,
  },
  'reasoning-only': {
    does: () => says('', { message: { reasoning_content: `thought ${draft}` } }),
    right: /empty/,
    kind: 'unparseable',
    requests: 2,
  },
  'reasoning field': {
    does: () => says(final, { message: { reasoning: draft } }),
    right: false,
    requests: 1,
  },
  'channels of gpt-oss': {
    does: () =>
      says(
        `<|channel|>analysis<|message|>${draft}<|end|><|start|>assistant<|channel|>final<|message|>${final}<|return|>`,
      ),
    right: false,
    requests: 1,
  },
  'channels without their marks': {
    does: () => says(`analysisWe think ${draft}assistantfinal${final}`),
    right: false,
    requests: 1,
  },
  'a verdict that quotes a tag': {
    does: () => says(verdict(false, 'it leaks <think>secrets</think> and </think>')),
    right: false,
    requests: 1,
  },
  'a verdict in words that quotes a tag': {
    does: () => says(`Here: ${verdict(false, 'it leaks </think>')}`),
    right: false,
    requests: 1,
  },
};
