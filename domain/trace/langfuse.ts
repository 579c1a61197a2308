import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts';
import type { SpanKind } from '../../contracts/trace.ts';
import { answer, conversation } from './chat.ts';
import { number, text, type Told, usage } from './convention.ts';
import { parsed } from './json-text.ts';
import type { RawSpan } from './raw-span.ts';

const KINDS: Readonly<Record<string, SpanKind>> = {
  generation: 'model',
  span: 'chain',
  agent: 'agent',
  tool: 'tool',
  retriever: 'retriever',
  embedding: 'embedding',
  chain: 'chain',
  evaluator: 'chain',
  guardrail: 'chain',
  event: 'other',
};

/** Langfuse: `langfuse.observation.type`, `.input`, `.output`, `.usage_details`; what it says of the whole trace where the observation says nothing. */
export function langfuse({ attributes }: RawSpan): Told {
  const counts = read(attributes, 'langfuse.observation.usage_details');
  const tokens: JsonObject = isJsonObject(counts) ? counts : {};
  const input = read(attributes, 'langfuse.observation.input', 'langfuse.trace.input');
  const output = read(attributes, 'langfuse.observation.output', 'langfuse.trace.output');
  return {
    kind: KINDS[text(attributes, 'langfuse.observation.type')?.toLowerCase() ?? ''],
    inputs: conversation(input),
    outputs: answer(output),
    usage: usage(
      number(tokens, 'input', 'input_tokens', 'prompt_tokens', 'promptTokens'),
      number(tokens, 'output', 'output_tokens', 'completion_tokens', 'completionTokens'),
    ),
    session: text(attributes, 'langfuse.session.id', 'session.id'),
  };
}

function read(attributes: JsonObject, ...keys: readonly string[]): Json | undefined {
  const value = keys.map((key) => attributes[key]).find((found) => found !== undefined);
  return typeof value === 'string' ? parsed(value) : value;
}
