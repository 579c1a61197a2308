import { canonical } from '../contracts/canonical.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { ChatMessage, CompletionRequest } from '../contracts/model.ts';
import { jsonInReply } from '../contracts/reply-json.ts';
import { BadRequestError } from './errors.ts';

/** How a reply is bound to its schema, best first. */
export const FORMATS = ['schema', 'json', 'text'] as const;
export type Format = (typeof FORMATS)[number];

export type ChatBody = JsonObject & { readonly model: string };

/** The body of a chat request, without its seed. */
export function chatBody(
  request: CompletionRequest,
  options: { readonly format: Format; readonly tokenField: string },
): ChatBody {
  const { model, tools, toolChoice, schema, temperature, maxTokens } = request;
  const { format } = options;
  const messages = schema && format !== 'schema' ? withSchema(request) : request.messages;
  return {
    model,
    messages: messages,
    ...(tools?.length ? { tools } : {}),
    ...(tools?.length && toolChoice !== undefined ? { tool_choice: toolChoice } : {}),
    ...(schema && format === 'schema'
      ? {
          response_format: {
            type: 'json_schema',
            json_schema: { ...schema, strict: isStrict(schema.schema) },
          },
        }
      : {}),
    ...(schema && format === 'json' ? { response_format: { type: 'json_object' } } : {}),
    ...(temperature === undefined ? {} : { temperature }),
    ...(maxTokens === undefined ? {} : { [options.tokenField]: maxTokens }),
  };
}

/** Without a schema in the request itself, the words ask for it. */
function withSchema(request: CompletionRequest): readonly ChatMessage[] {
  const wish = `Reply with one JSON object and nothing else. It fits this JSON schema:\n${canonical(request.schema!.schema)}`;
  const [first, ...rest] = request.messages;
  return first?.role === 'system'
    ? [{ ...first, content: `${first.content}\n\n${wish}` }, ...rest]
    : [{ role: 'system', content: wish }, ...request.messages];
}

/** Strict mode wants every object closed and every property required. */
function isStrict(schema: Json | undefined): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (schema === null || typeof schema !== 'object') return true;
  const { properties, required, additionalProperties } = schema as JsonObject;
  if (properties !== null && typeof properties === 'object') {
    const names = Object.keys(properties);
    const needed = Array.isArray(required) ? required : [];
    if (additionalProperties !== false || !names.every((name) => needed.includes(name)))
      return false;
  }
  return Object.values(schema).every(isStrict);
}

const ELSEWHERE = /context|too (long|large|many)|maximum|token|image|content.?(filter|policy)/i;

/** Whether a refusal can be about the format: then the next one is worth a call. */
export const refusesFormat = (error: unknown): error is BadRequestError =>
  error instanceof BadRequestError && !ELSEWHERE.test(error.detail);

const keyOf = (request: CompletionRequest): string =>
  `${request.model}\n${request.schema?.name ?? ''}`;

/** Remembers, by model and schema name, the best format that the server took. */
export function createFormats() {
  const worse = new Map<string, Format>();
  return {
    ladder(request: CompletionRequest): readonly Format[] {
      if (!request.schema) return ['text'];
      return FORMATS.slice(FORMATS.indexOf(worse.get(keyOf(request)) ?? 'schema'));
    },
    learn: (request: CompletionRequest, format: Format): void =>
      void (request.schema && format !== 'schema' && worse.set(keyOf(request), format)),
  };
}

/** The JSON in a reply, also inside a fence or among words. Throws a SyntaxError that says what is wrong. */
export function parseReply(text: string): Json {
  const found = jsonInReply(text);
  if (found !== undefined) return found;
  if (text.trim() === '') throw new SyntaxError('the reply is empty');
  throw new SyntaxError(
    text.includes('{') ? 'the reply holds no whole JSON object' : 'the reply holds no JSON',
  );
}
