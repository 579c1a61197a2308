import { canonical } from '../../contracts/canonical.ts';
import { type Change, type Dialect, type Format, FORMATS } from '../../contracts/dialect.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import type { ChatMessage, CompletionRequest } from '../../contracts/model.ts';

export type Body = Readonly<Record<string, Json>>;

/** The body of a request as we would write it, without a seed: what names it in the ledger. */
export function plainBody(request: CompletionRequest, format: Format = 'schema'): Body {
  const { model, tools, toolChoice, schema, temperature, maxTokens } = request;
  return {
    model,
    messages: schema && format !== 'schema' ? withSchema(request) : request.messages,
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
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
  };
}

/** The body as the endpoint takes it. */
export function bodyIn(dialect: Dialect, request: CompletionRequest, seed: number): Body {
  const body: Body = { ...plainBody(request, formatIn(dialect, request)), seed };
  // What the caller wants as it is goes as it is, and is refused in clear words.
  const fixed = request.fixed ?? [];
  return dialect
    .filter(
      (change) => !('field' in change && change.kind !== 'rename' && fixed.includes(change.field)),
    )
    .reduce(changed, body);
}

/** The worst format that was learned for the schema of a request. */
export function formatIn(dialect: Dialect, { schema }: CompletionRequest): Format {
  const found = dialect.flatMap((change) =>
    change.kind === 'format' && (change.schema === null || change.schema === schema?.name)
      ? [FORMATS.indexOf(change.to)]
      : [],
  );
  return FORMATS[Math.max(0, ...found)]!;
}

function changed(body: Body, change: Change): Body {
  switch (change.kind) {
    case 'drop':
      return without(
        change.field === 'tools' ? choiceless(body) : body,
        change.field.split('.'),
      ) as Body;
    case 'rename':
      return Object.fromEntries(
        Object.entries(body).map(([key, value]) => [key === change.field ? change.to : key, value]),
      );
    case 'value':
      // A field that is needed is added; where no tool may be chosen it stays so.
      return change.field === 'tool_choice' && (body[change.field] ?? 'none') === 'none'
        ? body
        : { ...body, [change.field]: change.value };
    case 'most': {
      const value = body[change.field];
      return typeof value === 'number' && value > change.value
        ? { ...body, [change.field]: change.value }
        : body;
    }
    case 'system':
      return {
        ...body,
        messages: heard(body['messages'] as unknown as readonly ChatMessage[], change.to),
      };
    case 'format':
      return body;
  }
}

const choiceless = ({
  tool_choice: _choice,
  parallel_tool_calls: _parallel,
  ...body
}: Body): Body => body;

function without(value: Json, [first, ...rest]: readonly string[]): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || first === undefined)
    return value;
  const { [first]: gone, ...others } = value as JsonObject;
  if (gone === undefined) return value;
  return rest.length === 0 ? others : { ...others, [first]: without(gone, rest) };
}

/** Without a role for instructions they go before what the user says; two messages of one role in turn become one. */
function heard(messages: readonly ChatMessage[], to: 'developer' | 'user'): readonly Json[] {
  const renamed = messages.map((message) =>
    message.role === 'system' ? { ...message, role: to } : message,
  );
  if (to === 'developer') return renamed;
  return renamed.reduce<{ role: string; content: string }[]>((list, message) => {
    const before = list.at(-1);
    if (before?.role === 'user' && message.role === 'user')
      return [
        ...list.slice(0, -1),
        { ...before, content: `${before.content}\n\n${message.content}` },
      ];
    return [...list, message];
  }, []);
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
