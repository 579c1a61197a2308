/** The parts of a chat request that the practice model reads. */
export type ChatRequest = {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly seed: string;
  /** Functions that may be called. */
  readonly tools: readonly Tool[];
  /** The one that must be called. */
  readonly forced: string | null;
  readonly format:
    | { readonly kind: 'text' }
    | { readonly kind: 'json' }
    | { readonly kind: 'schema'; readonly schema: Schema };
};

export type Tool = {
  readonly name: string;
  readonly description: string;
  /** JSON schema of the arguments. */
  readonly parameters: Schema;
};
export type Message = {
  readonly role: string;
  readonly content: string;
  /** Names of the tools that the message calls. */
  readonly calls: readonly string[];
};
export type Schema = { readonly [key: string]: unknown };

/** A request that an OpenAI-compatible server refuses with 400. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads a chat body. Throws RequestError, naming the field. */
export function readChat(body: unknown): ChatRequest {
  if (!isObject(body)) throw new RequestError('the body must be a JSON object');
  const { model, messages, seed } = body;
  if (typeof model !== 'string') throw new RequestError('`model` must be a string');
  if (!Array.isArray(messages) || messages.length === 0)
    throw new RequestError('`messages` must be a list of at least one message');
  if (seed !== undefined && seed !== null && !Number.isInteger(seed))
    throw new RequestError('`seed` must be a whole number');
  const read = messages.map(readMessage);
  return {
    model,
    messages: read,
    seed: typeof seed === 'number' ? String(seed) : JSON.stringify(read),
    tools: readTools(body['tools']),
    forced: callsIn([body['tool_choice']])[0] ?? null,
    format: readFormat(body['response_format']),
  };
}

function readMessage(message: unknown, at: number): Message {
  if (!isObject(message) || typeof message['role'] !== 'string')
    throw new RequestError(`\`messages[${at}]\` must be an object with a role`);
  const { role, content } = message;
  return { role, content: textOf(content, at), calls: callsIn(message['tool_calls']) };
}

function textOf(content: unknown, at: number): string {
  if (typeof content === 'string') return content;
  if (content === null || content === undefined) return '';
  if (!Array.isArray(content))
    throw new RequestError(`\`messages[${at}].content\` must be a text or a list of parts`);
  return content
    .map((part) => (isObject(part) && typeof part['text'] === 'string' ? part['text'] : ''))
    .join('\n');
}

const callsIn = (calls: unknown): readonly string[] =>
  (Array.isArray(calls) ? calls : []).flatMap((call: unknown) => {
    const called = isObject(call) ? call['function'] : undefined;
    return isObject(called) ? [String(called['name'])] : [];
  });

function readTools(tools: unknown): readonly Tool[] {
  if (tools === undefined || tools === null) return [];
  if (!Array.isArray(tools)) throw new RequestError('`tools` must be a list');
  return tools.map((tool: unknown, at) => {
    const declared = isObject(tool) ? tool['function'] : undefined;
    if (!isObject(declared) || typeof declared['name'] !== 'string')
      throw new RequestError(`\`tools[${at}]\` must be a function with a name`);
    const { name, description, parameters } = declared;
    return {
      name,
      description: typeof description === 'string' ? description : '',
      parameters: isObject(parameters) ? parameters : {},
    };
  });
}

function readFormat(format: unknown): ChatRequest['format'] {
  if (format === undefined || format === null) return { kind: 'text' };
  const type = isObject(format) ? format['type'] : undefined;
  if (type === 'text') return { kind: 'text' };
  if (type === 'json_object') return { kind: 'json' };
  const named = isObject(format) ? format['json_schema'] : undefined;
  const schema = isObject(named) ? named['schema'] : undefined;
  if (type !== 'json_schema' || !isObject(schema))
    throw new RequestError(
      '`response_format` must be text, json_object or json_schema with a schema',
    );
  return { kind: 'schema', schema };
}
