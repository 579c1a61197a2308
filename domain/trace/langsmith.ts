import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts';
import type { SpanKind } from '../../contracts/trace.ts';
import { answer, conversation } from './chat.ts';
import { text, type Told } from './convention.ts';
import { parsed } from './json-text.ts';
import { isChat, messagesOf, replyOf } from './messages.ts';
import type { RawSpan } from './raw-span.ts';

const KINDS: Readonly<Record<string, SpanKind>> = {
  llm: 'model',
  chain: 'chain',
  tool: 'tool',
  retriever: 'retriever',
  embedding: 'embedding',
  prompt: 'chain',
  parser: 'chain',
};

/** LangSmith's OpenTelemetry export: `langsmith.span.kind`, and the whole of inputs and outputs as JSON in `gen_ai.prompt` and `gen_ai.completion`. */
export function langSmith({ attributes }: RawSpan): Told {
  const kind = KINDS[text(attributes, 'langsmith.span.kind')?.toLowerCase() ?? ''];
  if (kind === undefined) return {};
  return {
    kind,
    inputs: conversation(flat(whole(attributes, 'gen_ai.prompt'))),
    outputs: reply(whole(attributes, 'gen_ai.completion')),
    session: text(
      attributes,
      'langsmith.metadata.session_id',
      'langsmith.metadata.thread_id',
      'langsmith.metadata.conversation_id',
    ),
  };
}

function whole(attributes: JsonObject, key: string): Json | undefined {
  const value = attributes[key];
  return typeof value === 'string' ? parsed(value) : value;
}

/** LangChain sends a list of conversations, which is one as a rule. */
function flat(value: Json | undefined): Json | undefined {
  if (!isJsonObject(value) || !Array.isArray(value['messages'])) return value;
  return { ...value, messages: (value['messages'] as readonly Json[]).flat() };
}

/** LangChain's models answer with generations that hold a message each. */
function reply(value: Json | undefined): Json | undefined {
  const listed = isJsonObject(value) ? value['generations'] : undefined;
  if (!Array.isArray(listed)) return answer(value);
  const found = (listed as readonly Json[]).flat();
  return isChat(found) ? replyOf(messagesOf(found)) : value;
}
