import { isJsonObject, isRecord, type Json, type JsonObject } from '../../contracts/json.ts';
import { structured } from './json-text.ts';

/**
 * Chat messages in one shape whatever the convention: `{ role, content, tool_calls?, tool_call_id? }` as chat APIs have it. Content is text, or a list of parts
 * where something is no text.
 */
export function messagesOf(value: Json | undefined): readonly JsonObject[] {
  const given = value === undefined ? null : structured(value);
  const list = Array.isArray(given) ? (given as readonly Json[]) : given === null ? [] : [given];
  return list.flatMap((item) => (isJsonObject(item) ? messageOf(item) : textMessage(item)));
}

/** What a model answered: its text where it said nothing else, else the message with its calls, or all of several. */
export function replyOf(messages: readonly JsonObject[]): Json | undefined {
  const [only, ...others] = messages;
  if (only === undefined) return undefined;
  if (others.length > 0) return messages;
  return typeof only['content'] === 'string' && only['tool_calls'] === undefined
    ? only['content']
    : only;
}

const textMessage = (item: Json): readonly JsonObject[] =>
  item === null ? [] : [{ role: 'user', content: item }];

function messageOf(given: JsonObject): readonly JsonObject[] {
  const message = isRecord(given['message']) ? given['message'] : given;
  const role = typeof message['role'] === 'string' ? message['role'] : 'user';
  const parts = structured(message['parts'] ?? null);
  if (Array.isArray(parts)) return fromParts(role, parts as readonly Json[]);
  const calls = toolCalls(message['tool_calls']);
  const id = message['tool_call_id'] ?? message['id'];
  return [
    {
      role,
      content: contentOf(message['content'] ?? message['contents'] ?? null),
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(role === 'tool' && typeof id === 'string' && { tool_call_id: id }),
      ...(typeof message['name'] === 'string' && { name: message['name'] }),
    },
  ];
}

/** The message form of OpenTelemetry since 1.37: text, tool calls and their results are parts. A result is a message of its own in chat APIs. */
function fromParts(role: string, parts: readonly Json[]): readonly JsonObject[] {
  const objects = parts.filter(isJsonObject);
  const calls = toolCalls(objects.filter(({ type }) => type === 'tool_call'));
  const results = objects
    .filter(({ type }) => type === 'tool_call_response')
    .map((part) => ({
      role: 'tool',
      content: contentOf(part['response'] ?? part['result'] ?? null),
      ...(typeof part['id'] === 'string' && { tool_call_id: part['id'] }),
    }));
  const said = objects.filter(({ type }) => type !== 'tool_call' && type !== 'tool_call_response');
  if (said.length === 0 && calls.length === 0) return results;
  const message = {
    role,
    content: contentOf(said),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
  return [message, ...results];
}

/** Text, several texts one after the other, or the parts as they are where one is no text. */
export function contentOf(given: Json): Json {
  if (!Array.isArray(given)) return given;
  const parts = (given as readonly Json[]).map((part) =>
    isJsonObject(part) && isRecord(part['message_content']) ? part['message_content'] : part,
  );
  const texts = parts.map((part) => {
    if (!isJsonObject(part)) return part;
    const plain = part['type'] === undefined || part['type'] === 'text';
    return plain ? (part['text'] ?? part['content'] ?? null) : null;
  });
  return texts.every((text) => typeof text === 'string') ? texts.join('') : parts;
}

function toolCalls(given: Json | undefined): readonly JsonObject[] {
  const list = given === undefined ? null : structured(given);
  if (!Array.isArray(list)) return [];
  return (list as readonly Json[]).filter(isJsonObject).map((item) => {
    const call = isRecord(item['tool_call']) ? item['tool_call'] : item;
    const called = isRecord(call['function']) ? call['function'] : call;
    const args = called['arguments'] ?? call['input'] ?? null;
    return {
      ...(typeof call['id'] === 'string' && { id: call['id'] }),
      type: 'function',
      function: {
        name: typeof called['name'] === 'string' ? called['name'] : '',
        arguments: typeof args === 'string' ? args : JSON.stringify(args),
      },
    };
  });
}
