import { isRecord, type Json, type JsonObject } from '../../contracts/json.ts';
import type { SpanKind } from '../../contracts/trace.ts';
import { number, text, type Told, usage } from './convention.ts';
import { parsed, structured } from './json-text.ts';
import { messagesOf, replyOf } from './messages.ts';
import { nested } from './nested.ts';
import type { RawSpan } from './raw-span.ts';

const KINDS: Readonly<Record<string, SpanKind>> = {
  LLM: 'model',
  EMBEDDING: 'embedding',
  RETRIEVER: 'retriever',
  RERANKER: 'retriever',
  TOOL: 'tool',
  AGENT: 'agent',
  CHAIN: 'chain',
  PROMPT: 'chain',
  GUARDRAIL: 'chain',
  EVALUATOR: 'chain',
};

/** OpenInference (Arize): `openinference.span.kind`, `input.value`, `llm.input_messages.0.message.content` and so on. */
export function openInference({ attributes }: RawSpan): Told {
  const kind = KINDS[text(attributes, 'openinference.span.kind')?.toUpperCase() ?? ''];
  const input = messagesOf(nested(attributes, 'llm.input_messages'));
  const output = messagesOf(nested(attributes, 'llm.output_messages'));
  return {
    kind,
    name: kind === 'tool' ? text(attributes, 'tool.name') : undefined,
    inputs:
      (input.length > 0 ? input : undefined) ??
      embedded(attributes) ??
      valueOf(attributes, 'input') ??
      (kind === 'tool' ? structured(attributes['tool.parameters']) : undefined),
    outputs:
      replyOf(output) ??
      documents(attributes, 'retrieval.documents') ??
      documents(attributes, 'reranker.output_documents') ??
      valueOf(attributes, 'output'),
    usage: usage(
      number(attributes, 'llm.token_count.prompt'),
      number(attributes, 'llm.token_count.completion'),
    ),
    session: text(attributes, 'session.id'),
  };
}

function valueOf(attributes: JsonObject, side: 'input' | 'output'): Json | undefined {
  const value = attributes[`${side}.value`];
  if (value === undefined) return undefined;
  const isJson = attributes[`${side}.mime_type`] === 'application/json';
  return isJson && typeof value === 'string' ? parsed(value) : value;
}

/** Each under one field of its name, as in `retrieval.documents.0.document.content`. */
function items(
  attributes: JsonObject,
  { prefix, name }: { readonly prefix: string; readonly name: string },
): readonly JsonObject[] {
  const list = nested(attributes, prefix);
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).flatMap((item) => {
    const found = isRecord(item) ? item[name] : undefined;
    return isRecord(found) ? [found] : [];
  });
}

function documents(attributes: JsonObject, prefix: string): Json | undefined {
  const found = items(attributes, { prefix, name: 'document' });
  return found.length === 0 ? undefined : found;
}

function embedded(attributes: JsonObject): Json | undefined {
  const texts = items(attributes, { prefix: 'embedding.embeddings', name: 'embedding' }).flatMap(
    (item) => item['text'] ?? [],
  );
  return texts.length === 0 ? undefined : texts;
}
