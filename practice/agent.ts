import { remembered } from './cache.ts';
import { unit } from './hash.ts';
import type { ChatRequest } from './request.ts';
import { parseRules } from './rules.ts';
import { type Reading, read } from './text.ts';
import { prepare, type Scales, weigh } from './weigh.ts';

/** Of the softmax over the scores: a clear case is nearly always answered alike, an unclear one is not. */
const TEMPERATURE = 0.12;
/** A leaning for each pair of message and answer, the same at every draw: it decides where nothing else does. */
const WHIM = 0.2;

const scalesOf = remembered(500, (prompt) => prepare(parseRules(prompt)));

/** Answers as the instructions say: the name whose lines are most like the message, drawn by the seed. */
export function answerAsAgent(request: ChatRequest): string {
  const instructions = textOf(request, 'system');
  const message = textOf(request, 'user');
  const scales = scalesOf(instructions);
  if (scales.answers.length === 0) return likestLine(instructions, message);
  return choose(scales, { message, seed: request.seed });
}

/** One of the answers of a rulebook for a message. */
export function choose(
  scales: Scales,
  { message, seed }: { readonly message: string; readonly seed: string },
): string {
  const weighed = weigh(scales, read(message));
  const shares = scales.answers.map((answer) => {
    const score = weighed.get(answer)!.score + WHIM * unit(message, answer);
    return { answer, share: Math.exp(score / TEMPERATURE) };
  });
  const total = shares.reduce((sum, { share }) => sum + share, 0);
  let left = unit(seed, message) * total;
  return (shares.find(({ share }) => (left -= share) < 0) ?? shares.at(-1)!).answer;
}

const textOf = (request: ChatRequest, role: 'system' | 'user'): string =>
  request.messages
    .filter((message) => (message.role === 'developer' ? 'system' : message.role) === role)
    .map(({ content }) => content)
    .join('\n');

/** Without answers to choose from: the sentence of the instructions that shares most words with the message. */
function likestLine(instructions: string, message: string): string {
  const asked = read(message);
  const sentences = instructions.split(/(?<=[.!?])\s+|\n+/).filter((part) => part.trim() !== '');
  const [best] = sentences
    .map((text) => ({ text, shared: shared(read(text), asked) }))
    .sort((a, b) => b.shared - a.shared);
  return best?.text.trim() ?? message.trim().split('\n')[0] ?? '';
}

const shared = (a: Reading, b: Reading): number =>
  [...a.stemSet].filter((stem) => b.stemSet.has(stem)).length;
