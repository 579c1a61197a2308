import { isRecord, type Json, type JsonObject } from '../../contracts/json.ts';
import type { SpanKind } from '../../contracts/trace.ts';
import { number, text, type Told, usage } from './convention.ts';
import { saidInEvents, toolInEvents } from './gen-ai-events.ts';
import { parsed, structured, unquoted } from './json-text.ts';
import { messagesOf, replyOf } from './messages.ts';
import { nested } from './nested.ts';
import { resultText } from './parts.ts';
import type { RawSpan } from './raw-span.ts';

const KINDS: Readonly<Record<string, SpanKind>> = {
  chat: 'model',
  text_completion: 'model',
  generate_content: 'model',
  embeddings: 'embedding',
  execute_tool: 'tool',
  retrieval: 'retriever',
  invoke_agent: 'agent',
  create_agent: 'agent',
  invoke_workflow: 'chain',
  execute_event_loop_cycle: 'chain',
};

/**
 * OpenTelemetry GenAI (`gen_ai.*`). Messages are read in the forms it has had: `gen_ai.input.messages` with parts (since 1.37), events a message
 * (`gen_ai.user.message`, `gen_ai.choice`), events with a whole prompt, and numbered attributes (`gen_ai.prompt.0.content`).
 */
export function genAi({ attributes, events }: RawSpan): Told {
  const kind = KINDS[text(attributes, 'gen_ai.operation.name') ?? ''];
  const said = saidInEvents(events);
  const input = messagesOf(
    attributes['gen_ai.input.messages'] ?? said.input ?? nested(attributes, 'gen_ai.prompt'),
  );
  const output = messagesOf(
    attributes['gen_ai.output.messages'] ??
      said.output ??
      assistant(nested(attributes, 'gen_ai.completion')),
  );
  const isTool = kind === 'tool';
  return {
    kind,
    name: isTool ? text(attributes, 'gen_ai.tool.name') : undefined,
    inputs: isTool
      ? toolInput(attributes, { input, events })
      : withSystem(input, kind, attributes['gen_ai.system_instructions'] ?? said.system),
    outputs: isTool
      ? toolOutput(attributes, { output, events })
      : (replyOf(output) ?? structured(attributes['gen_ai.retrieval.documents'])),
    usage: usage(
      number(attributes, 'gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens'),
      number(attributes, 'gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens'),
    ),
    session: text(attributes, 'gen_ai.conversation.id', 'session.id', 'langfuse.session.id'),
  };
}

/** Arguments of a tool: an attribute, an event, or the call among the messages. */
function toolInput(
  attributes: JsonObject,
  { input, events }: Pick<RawSpan, 'events'> & { readonly input: readonly JsonObject[] },
): Json | undefined {
  const given = attributes['gen_ai.tool.call.arguments'] ?? toolInEvents(events).input;
  if (given !== undefined) return typeof given === 'string' ? parsed(given) : given;
  const [call] = (input[0]?.['tool_calls'] ?? []) as readonly JsonObject[];
  const called = call?.['function'] as { readonly arguments: string } | undefined;
  return called === undefined ? undefined : parsed(called.arguments);
}

function toolOutput(
  attributes: JsonObject,
  { output, events }: Pick<RawSpan, 'events'> & { readonly output: readonly JsonObject[] },
): Json | undefined {
  const given = attributes['gen_ai.tool.call.result'];
  if (given !== undefined) return resultText(structured(unquoted(given)));
  const said = toolInEvents(events).output ?? output[0]?.['content'];
  return said === undefined ? undefined : structured(resultText(said));
}

/** The kind of a span that names none in any convention, by what it carries. */
export function guessedKind({ attributes }: RawSpan): SpanKind | undefined {
  if (text(attributes, 'gen_ai.tool.name') !== undefined) return 'tool';
  if (text(attributes, 'gen_ai.request.model', 'gen_ai.response.model') !== undefined)
    return 'model';
  return undefined;
}

/** What a model was told first belongs to its input; of an agent the instructions are a part of itself, and its input is what people said. */
function withSystem(
  messages: readonly JsonObject[],
  kind: SpanKind | undefined,
  system: Json | undefined,
): Json | undefined {
  const first =
    system === undefined || kind === 'agent'
      ? []
      : messagesOf([{ role: 'system', parts: structured(system) }]);
  const said = kind === 'agent' ? messages.filter(({ role }) => role !== 'system') : messages;
  const all = [...first, ...said];
  return all.length === 0 ? undefined : all;
}

/** Numbered completions often leave out who speaks. */
const assistant = (list: Json | undefined): Json | undefined =>
  Array.isArray(list)
    ? (list as readonly Json[]).map((item) => ({
        role: 'assistant',
        ...(isRecord(item) ? item : { content: item }),
      }))
    : list;
