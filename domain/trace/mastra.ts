import type { Json, JsonObject } from '../../contracts/json.ts';
import type { SpanKind } from '../../contracts/trace.ts';
import { answer, conversation } from './chat.ts';
import { text, type Told } from './convention.ts';
import { parsed } from './json-text.ts';
import type { RawSpan } from './raw-span.ts';

const KINDS: Readonly<Record<string, SpanKind>> = {
  agent_run: 'agent',
  model_generation: 'model',
  model_step: 'chain',
  model_chunk: 'other',
  tool_call: 'tool',
  mcp_tool_call: 'tool',
  workflow_run: 'chain',
  workflow_step: 'chain',
  rag_embedding: 'embedding',
  generic: 'chain',
};

/** Mastra: `mastra.span.type`, and inputs and outputs under the name of the type (`mastra.agent_run.input`). */
export function mastra({ attributes }: RawSpan): Told {
  const type = text(attributes, 'mastra.span.type');
  if (type === undefined) return {};
  return {
    kind: KINDS[type.toLowerCase()],
    inputs: conversation(whole(attributes, `mastra.${type}.input`)),
    outputs: answer(whole(attributes, `mastra.${type}.output`)),
    session: text(attributes, 'mastra.metadata.threadId', 'mastra.metadata.sessionId'),
  };
}

function whole(attributes: JsonObject, key: string): Json | undefined {
  const value = attributes[key];
  return typeof value === 'string' ? parsed(value) : value;
}
