import { isRecord, type Json, type JsonObject } from '../../contracts/json.ts';
import type { SpanKind } from '../../contracts/trace.ts';
import { number, text, type Told, usage } from './convention.ts';
import { structured } from './json-text.ts';
import { messagesOf } from './messages.ts';
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
  const prompt = structured(attributes['ai.prompt.messages'] ?? attributes['ai.prompt']);
  const messages =
    isRecord(prompt) && prompt['messages'] !== undefined ? prompt['messages'] : prompt;
  return {
    kind: AI_SDK.find(([pattern]) => pattern.test(operation))?.[1],
    name: operation === 'ai.toolCall' ? text(attributes, 'ai.toolCall.name') : undefined,
    inputs:
      structured(
        attributes['ai.toolCall.args'] ?? attributes['ai.value'] ?? attributes['ai.values'],
      ) ?? (Array.isArray(messages) ? messagesOf(messages) : messages),
    outputs: structured(
      attributes['ai.toolCall.result'] ??
        attributes['ai.response.object'] ??
        filled(attributes, 'ai.response.text') ??
        attributes['ai.response.toolCalls'],
    ),
    usage: usage(
      number(attributes, 'ai.usage.inputTokens', 'ai.usage.promptTokens', 'ai.usage.tokens'),
      number(attributes, 'ai.usage.outputTokens', 'ai.usage.completionTokens'),
    ),
    session: text(attributes, 'ai.telemetry.metadata.sessionId'),
  };
}

const filled = (attributes: JsonObject, key: string): Json | undefined =>
  attributes[key] === '' ? undefined : attributes[key];

const TRACELOOP: Readonly<Record<string, SpanKind>> = {
  workflow: 'chain',
  task: 'chain',
  agent: 'agent',
  tool: 'tool',
};

/** OpenLLMetry (Traceloop): its own names for functions; model calls there are `gen_ai.*`. */
export function traceloop({ attributes }: RawSpan): Told {
  const kind = TRACELOOP[text(attributes, 'traceloop.span.kind') ?? ''];
  return {
    kind: kind ?? (attributes['llm.request.type'] === undefined ? undefined : 'model'),
    name: kind === 'tool' ? text(attributes, 'traceloop.entity.name') : undefined,
    inputs: structured(attributes['traceloop.entity.input']),
    outputs: structured(attributes['traceloop.entity.output']),
    session: text(attributes, 'traceloop.association.properties.session_id', 'langfuse.session.id'),
  };
}
