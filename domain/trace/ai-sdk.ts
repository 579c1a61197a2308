import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts';
import type { SpanKind } from '../../contracts/trace.ts';
import { number, text, type Told, usage } from './convention.ts';
import { parsed, structured } from './json-text.ts';
import { messagesOf, replyOf } from './messages.ts';
import type { RawSpan } from './raw-span.ts';

const AI_SDK: readonly (readonly [RegExp, SpanKind])[] = [
  [/^ai\.toolCall$/, 'tool'],
  [/^ai\.embed(Many)?\.doEmbed$/, 'embedding'],
  [/\.do(Generate|Stream)$/, 'model'],
  [/^ai\./, 'chain'],
];

/** The AI SDK of Vercel: `ai.prompt`, `ai.response.text`, `ai.toolCall.args` and so on. */
export function aiSdk({ attributes }: RawSpan): Told {
  const operation = text(attributes, 'ai.operationId') ?? '';
  return {
    kind: AI_SDK.find(([pattern]) => pattern.test(operation))?.[1],
    name: operation === 'ai.toolCall' ? text(attributes, 'ai.toolCall.name') : undefined,
    inputs:
      decoded(attributes['ai.toolCall.args'] ?? attributes['ai.toolCall.input']) ??
      structured(attributes['ai.value'] ?? attributes['ai.values']) ??
      promptOf(attributes['ai.prompt.messages'] ?? attributes['ai.prompt']),
    outputs:
      decoded(attributes['ai.toolCall.result'] ?? attributes['ai.toolCall.output']) ??
      structured(attributes['ai.response.object']) ??
      answerOf(attributes),
    usage: usage(
      number(attributes, 'ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'),
      number(attributes, 'ai.usage.outputTokens', 'ai.usage.completionTokens'),
    ),
    session: text(attributes, 'ai.telemetry.metadata.sessionId'),
  };
}

/** Arguments and results of tools are always JSON texts there, results that are texts too. */
const decoded = (value: Json | undefined): Json | undefined =>
  typeof value === 'string' ? parsed(value) : value;

/** What was asked: messages, or a prompt with what the model is told beside it. */
function promptOf(given: Json | undefined): Json | undefined {
  const prompt = structured(given);
  if (Array.isArray(prompt)) return messagesOf(prompt as Json);
  if (!isJsonObject(prompt)) return prompt;
  const { system, prompt: asked, messages } = prompt;
  const said = messages ?? asked;
  if (said === undefined) return prompt;
  const first = typeof system === 'string' ? [{ role: 'system', content: system }] : [];
  return [...first, ...messagesOf(said)];
}

/** Text and calls are attributes each; thoughts too, which are no part of the answer. */
function answerOf(attributes: JsonObject): Json | undefined {
  const calls = attributes['ai.response.toolCalls'];
  const content = attributes['ai.response.text'];
  if (calls === undefined) return content === '' ? undefined : content;
  return replyOf(messagesOf([{ role: 'assistant', content: content ?? null, tool_calls: calls }]));
}
