import { createHash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts';
import { structured, unquoted } from './json-text.ts';

/** What a message is made of, whatever the convention. */
export type Part =
  | { readonly kind: 'text'; readonly text: string; readonly given: Json }
  | { readonly kind: 'reasoning'; readonly text: string }
  | {
      readonly kind: 'call';
      readonly id: string | null;
      readonly name: string;
      readonly arguments: Json;
    }
  | { readonly kind: 'result'; readonly id: string | null; readonly result: Json }
  /** An image, a file, what nobody knows: as it came, large content by reference. */
  | { readonly kind: 'blob'; readonly value: Json };

type Kind = Part['kind'];

/** `type` of a part as the conventions write it, without regard to case, `-` and `_`. */
const TYPES: Readonly<Record<string, Kind>> = {
  text: 'text',
  inputtext: 'text',
  outputtext: 'text',
  summarytext: 'reasoning',
  reasoning: 'reasoning',
  reasoningtext: 'reasoning',
  reasoningcontent: 'reasoning',
  thinking: 'reasoning',
  redactedthinking: 'reasoning',
  thought: 'reasoning',
  toolcall: 'call',
  tooluse: 'call',
  functioncall: 'call',
  builtintoolcall: 'call',
  toolcallresponse: 'result',
  toolresult: 'result',
  toolresponse: 'result',
  toolreturn: 'result',
  functioncalloutput: 'result',
  functionresponse: 'result',
};

/** Parts that are named by their only field, as Bedrock, Strands and Gemini have them. */
const FIELDS: Readonly<Record<string, Kind>> = {
  toolUse: 'call',
  functionCall: 'call',
  function_call: 'call',
  toolResult: 'result',
  functionResponse: 'result',
  function_response: 'result',
  reasoningContent: 'reasoning',
};

/** One part; texts stand for themselves. */
export function partOf(given: Json): Part {
  if (typeof given === 'string') return { kind: 'text', text: given, given };
  if (!isJsonObject(given)) return { kind: 'blob', value: given };
  const part = isJsonObject(given['message_content']) ? given['message_content'] : given;
  const { kind, body } = kindOf(part);
  if (kind === 'text' || kind === 'reasoning') {
    const text = textOf(body);
    if (text === null) return { kind: 'blob', value: referred(part) };
    return kind === 'text' ? { kind, text, given: part } : { kind, text };
  }
  if (kind === 'call') return callOf(body);
  if (kind === 'result') return { kind, id: idOf(body), result: resultOf(body) };
  return { kind: 'blob', value: referred(part) };
}

/** Whether a value is a part of a form that is known: what a JSON text must hold to be read as parts. */
export function isPart(given: Json): boolean {
  if (!isJsonObject(given)) return false;
  return kindOf(given).kind !== 'blob' || typeof given['type'] === 'string';
}

function kindOf(part: JsonObject): { readonly kind: Kind; readonly body: JsonObject } {
  const named = Object.entries(FIELDS).find(([field]) => isJsonObject(part[field]));
  if (named !== undefined) return { kind: named[1], body: part[named[0]] as JsonObject };
  const type = part['type'] ?? part['part_kind'];
  if (typeof type === 'string')
    return { kind: TYPES[type.toLowerCase().replace(/[-_]/g, '')] ?? 'blob', body: part };
  const isText = typeof part['text'] === 'string' || typeof part['content'] === 'string';
  if (!isText) return { kind: 'blob', body: part };
  return { kind: part['thought'] === true ? 'reasoning' : 'text', body: part };
}

/** The words of a part of text or reasoning; what was withheld (`redacted`, encrypted) has none. */
function textOf(body: JsonObject): string | null {
  const nested = body['reasoningText'];
  if (isJsonObject(nested)) return textOf(nested);
  for (const field of ['text', 'content', 'thinking', 'reasoning', 'summary']) {
    const value = body[field];
    if (typeof value === 'string') return value;
    if (Array.isArray(value))
      return (value as readonly Json[])
        .map((item) =>
          isJsonObject(item) ? (textOf(item) ?? '') : typeof item === 'string' ? item : '',
        )
        .join('\n');
  }
  return body['data'] !== undefined || body['signature'] !== undefined ? '' : null;
}

const ID = ['id', 'call_id', 'tool_call_id', 'toolCallId', 'toolUseId', 'tool_use_id'] as const;

export function idOf(body: JsonObject): string | null {
  // Where an item has both, its own id is not that of the call.
  const call = ID.slice(1).find((field) => typeof body[field] === 'string') ?? 'id';
  const id = body[call];
  return typeof id === 'string' ? id : null;
}

/** A call in any form: fields of its own, under `function`, under `tool_call`. */
export function callOf(given: JsonObject): Extract<Part, { kind: 'call' }> {
  const call = isJsonObject(given['tool_call']) ? given['tool_call'] : given;
  const called = isJsonObject(call['function']) ? call['function'] : call;
  const name = called['name'] ?? called['toolName'] ?? called['tool_name'];
  return {
    kind: 'call',
    id: idOf(call),
    name: typeof name === 'string' ? name : '',
    arguments:
      called['arguments'] ?? called['args'] ?? called['input'] ?? called['parameters'] ?? null,
  };
}

function resultOf(body: JsonObject): Json {
  const result = body['response'] ?? body['result'] ?? body['output'] ?? body['content'] ?? null;
  // The AI SDK says of a result whether it is text or JSON.
  const typed = isJsonObject(result) && typeof result['type'] === 'string' && 'value' in result;
  return resultText(typed ? (result['value'] ?? null) : result);
}

/** What a tool gave back: texts one after the other, one `json` part as its value, else as it is. */
export function resultText(given: Json): Json {
  const value = typeof given === 'string' ? partsIn(given) : given;
  if (!Array.isArray(value)) return value ?? given;
  const list = (value as readonly Json[]).flatMap((item): readonly Json[] => {
    const inner =
      isJsonObject(item) && isJsonObject(item['toolResult']) ? item['toolResult']['content'] : null;
    return Array.isArray(inner) ? (inner as readonly Json[]) : [item];
  });
  const [only] = list;
  if (list.length === 1 && isJsonObject(only) && only['json'] !== undefined) return only['json'];
  const parts = list.map((item) => (isJsonObject(item) ? partOf(item) : null));
  if (parts.length === 0 || !parts.every((part) => part?.kind === 'text')) return list;
  return parts.map((part) => (part as { readonly text: string }).text).join('');
}

/** The parts that a text holds as JSON, also encoded twice; null where it is another text. */
export function partsIn(text: string): readonly Json[] | null {
  const value = structured(unquoted(text));
  if (!Array.isArray(value) || value.length === 0) return null;
  const list = value as readonly Json[];
  return list.every(isPart) ? list : null;
}

const LARGE = 1_000;

/** Content of images and files is no matter for pages and judges: its size and hash stand for it. The attributes keep it. */
function referred(value: Json): Json {
  if (typeof value === 'string')
    return value.length > LARGE && isEncoded(value) ? reference(value) : value;
  if (Array.isArray(value)) return (value as readonly Json[]).map(referred);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, referred(item)]));
}

const isEncoded = (text: string): boolean =>
  /^data:[^,]{0,200},/.test(text) || /^[A-Za-z0-9+/_-]+={0,2}$/.test(text);

function reference(text: string): string {
  const [, type = ''] = /^data:([^;,]*)/.exec(text) ?? [];
  const hash = createHash('sha256').update(text).digest('hex');
  return `blob:${type === '' ? '' : `${type},`}${text.length} characters,sha256=${hash}`;
}
