import type { Json, JsonObject } from '../../contracts/json.ts';
import { isJsonObject } from '../../contracts/json.ts';
import { answer, conversation } from './chat.ts';
import { number, text, type Told, usage } from './convention.ts';
import { parsed, structured } from './json-text.ts';
import { isChat, messagesOf, replyOf } from './messages.ts';
import type { RawSpan } from './raw-span.ts';

/** Pydantic AI (1 and 2) and Logfire: all messages of a run in one attribute, arguments and results of tools, `request_data` and `response_data`. */
export function pydanticAi({ attributes }: RawSpan): Told {
  const all = whole(attributes);
  const tool = text(attributes, 'gen_ai.tool.name');
  const isTool = attributes['tool_arguments'] !== undefined && tool !== undefined;
  const request = structured(attributes['request_data']);
  const response = structured(attributes['response_data']);
  const told = isJsonObject(response) ? (response['message'] ?? response) : response;
  const final = attributes['final_result'];
  return {
    kind: isTool
      ? 'tool'
      : attributes['pydantic_ai.all_messages'] === undefined
        ? undefined
        : 'agent',
    name: isTool ? tool : undefined,
    inputs: decoded(attributes['tool_arguments']) ?? asked(all) ?? conversation(request),
    outputs:
      structured(attributes['tool_response']) ??
      (final === undefined ? undefined : structured(final)) ??
      replyOf(said(all)) ??
      answer(told),
    usage: usage(
      number(attributes, 'gen_ai.aggregated_usage.input_tokens'),
      number(attributes, 'gen_ai.aggregated_usage.output_tokens'),
    ),
  };
}

const decoded = (value: Json | undefined): Json | undefined =>
  typeof value === 'string' ? parsed(value) : value;

/** The messages of a run; of a choice as an event what it holds. */
function whole(attributes: JsonObject): readonly JsonObject[] {
  const given = structured(
    attributes['pydantic_ai.all_messages'] ??
      attributes['all_messages_events'] ??
      attributes['events'],
  );
  return isChat(given) ? messagesOf(given) : [];
}

const isAnswer = ({ role }: JsonObject): boolean => role === 'assistant';

/** What people said last and all before it: what came of it follows. An agent's instructions are a part of itself. */
function asked(all: readonly JsonObject[]): Json | undefined {
  const last = all.findLastIndex(({ role }) => role === 'user');
  const before = all.slice(0, last + 1).filter(({ role }) => role !== 'system');
  return before.length === 0 ? undefined : before;
}

const said = (all: readonly JsonObject[]): readonly JsonObject[] => all.filter(isAnswer).slice(-1);
