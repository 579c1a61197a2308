import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts';
import { structured, unquoted } from './json-text.ts';
import { callOf, idOf, type Part, partOf, partsIn, resultText } from './parts.ts';

/**
 * Chat messages in one shape whatever the convention: `{ role, content, reasoning?, tool_calls?, tool_call_id? }` as chat APIs have it. Content is text, or a
 * list of parts where something is no text.
 */
export function messagesOf(value: Json | undefined): readonly JsonObject[] {
  const given = value === undefined ? null : structured(unquoted(value));
  const list = Array.isArray(given) ? (given as readonly Json[]) : given === null ? [] : [given];
  return list.flat().flatMap((item) => (isJsonObject(item) ? messageOf(item) : textMessage(item)));
}

/** What a model answered: its text where it said nothing else but thoughts, else the message with its calls, or all of several. */
export function replyOf(messages: readonly JsonObject[]): Json | undefined {
  const [only, ...others] = messages;
  if (only === undefined) return undefined;
  if (others.length > 0) return messages;
  return typeof only['content'] === 'string' && only['tool_calls'] === undefined
    ? only['content']
    : only;
}

/** Whether a value is a chat: a list of messages, each of which says who speaks. */
export function isChat(value: Json | undefined): value is readonly JsonObject[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return (value as readonly Json[]).every(
    (item) =>
      isJsonObject(item) &&
      (typeof item['role'] === 'string' || isJsonObject(item['message']) || item['lc'] === 1),
  );
}

const textMessage = (item: Json): readonly JsonObject[] =>
  item === null ? [] : [{ role: 'user', content: item }];

const ROLES: Readonly<Record<string, string>> = {
  model: 'assistant',
  ai: 'assistant',
  AIMessage: 'assistant',
  AIMessageChunk: 'assistant',
  human: 'user',
  HumanMessage: 'user',
  SystemMessage: 'system',
  ToolMessage: 'tool',
  function: 'tool',
};

/** Where a message is kept in a field of another object: `message` of a choice, `kwargs` of LangChain. */
function opened(given: JsonObject): JsonObject {
  if (isJsonObject(given['message'])) return opened(given['message']);
  if (!isJsonObject(given['kwargs'])) return given;
  const path = given['id'];
  return { role: Array.isArray(path) ? (path.at(-1) as Json) : null, ...given['kwargs'] };
}

function roleOf(message: JsonObject): string {
  const role = message['role'] ?? (message['parts'] === undefined ? message['type'] : null);
  if (
    typeof message['role'] !== 'string' &&
    (typeof role !== 'string' || ROLES[role] === undefined)
  )
    return 'user';
  return ROLES[role as string] ?? (role as string);
}

function messageOf(given: JsonObject): readonly JsonObject[] {
  const message = opened(given);
  const role = roleOf(message);
  const listed = structured(message['parts'] ?? null);
  const content = Array.isArray(listed)
    ? (listed as Json)
    : (message['content'] ?? message['contents'] ?? null);
  const found = typeof content === 'string' ? (partsIn(content) ?? content) : content;
  const parts = Array.isArray(found) ? (found as readonly Json[]).map(partOf) : null;
  if (role === 'tool' && !parts?.some(({ kind }) => kind === 'result')) {
    const id = idOf(message);
    return [
      {
        role,
        content: resultText(found),
        ...(id !== null && { tool_call_id: id }),
        ...named(message),
      },
    ];
  }
  return composed({ message, role, parts, content: found });
}

type Composing = {
  readonly message: JsonObject;
  readonly role: string;
  /** Null where the content is one text or nothing. */
  readonly parts: readonly Part[] | null;
  readonly content: Json;
};

/** A result is a message of its own in chat APIs, whoever's message it was sent in. */
function composed({ message, role, parts, content }: Composing): readonly JsonObject[] {
  const all = parts ?? [];
  const results = all.flatMap((part) =>
    part.kind === 'result'
      ? [{ role: 'tool', content: part.result, ...(part.id !== null && { tool_call_id: part.id }) }]
      : [],
  );
  const calls = [...listedCalls(message), ...all].flatMap((part) =>
    part.kind === 'call' ? [chatCall(part)] : [],
  );
  const said = all.filter(({ kind }) => kind === 'text' || kind === 'blob');
  const thoughts = all.flatMap((part) => (part.kind === 'reasoning' ? [part.text] : []));
  const reasoning = [...fieldsOf(message), ...thoughts].filter((text) => text !== '').join('\n');
  if (results.length > 0 && said.length === 0 && calls.length === 0 && reasoning === '')
    return results;
  const whole = {
    role,
    content:
      parts === null
        ? content
        : said.every(({ kind }) => kind === 'text')
          ? wordsOf(said)
          : said.map(shown),
    ...(reasoning !== '' && { reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...named(message),
  };
  return all[0]?.kind === 'result' ? [...results, whole] : [whole, ...results];
}

const wordsOf = (parts: readonly Part[]): string =>
  parts.map((part) => (part.kind === 'text' ? part.text : '')).join('');

const shown = (part: Part): Json =>
  part.kind === 'blob' ? part.value : part.kind === 'text' ? part.given : null;

const named = (message: JsonObject): JsonObject =>
  typeof message['name'] === 'string' ? { name: message['name'] } : {};

/** Thoughts beside the content, as providers name them. */
const fieldsOf = (message: JsonObject): readonly string[] =>
  ['reasoning_content', 'reasoning', 'thinking'].flatMap((field) => {
    const value = message[field];
    return typeof value === 'string' ? [value] : [];
  });

function listedCalls(message: JsonObject): readonly Part[] {
  const list = structured(unquoted(message['tool_calls'] ?? message['toolCalls'] ?? null));
  if (Array.isArray(list)) return (list as readonly Json[]).filter(isJsonObject).map(callOf);
  const old = message['function_call'];
  return isJsonObject(old) ? [callOf(old)] : [];
}

function chatCall({ id, name, arguments: args }: Extract<Part, { kind: 'call' }>): JsonObject {
  return {
    ...(id !== null && { id }),
    type: 'function',
    function: { name, arguments: typeof args === 'string' ? args : JSON.stringify(args) },
  };
}
