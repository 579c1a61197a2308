import type { Change, Dialect, Format } from '../../contracts/dialect.ts';
import type { CompletionRequest } from '../../contracts/model.ts';
import type { Body } from './body.ts';
import { firstNumber } from './limits.ts';

export type Refusal = {
  readonly message: string;
  readonly code: string;
  /** The field, where the refusal names it apart. */
  readonly param: string | null;
};

export type Refused = {
  readonly refusal: Refusal;
  /** What was sent, and as what. */
  readonly body: Body;
  readonly request: CompletionRequest;
  readonly format: Format;
  readonly dialect: Dialect;
  /** A request of this kind was taken before: then only a field that is plainly blamed is changed. */
  readonly taken: boolean;
};

/** Ways to write the name of a field that we send. */
const NAMES: Readonly<Record<string, RegExp>> = {
  max_tokens: /max_?(completion_?|output_?|new_?)?tokens/i,
  max_completion_tokens: /max_?(completion_?|output_?|new_?)?tokens/i,
  response_format:
    /response_?(format|schema|mime_?type)|json_?(schema|object)|json mode|structured[ _]outputs?|guided_(json|decoding)|grammar/i,
  tool_choice: /tool[ _]?(choice|config)|function_calling_config/i,
  tools: /\btools?\b|tool[ _](use|calls?|calling)|function[ _]call(s|ing)?|function_declarations/i,
};

const nameOf = (field: string): RegExp =>
  NAMES[field] ?? new RegExp(`(?<![a-z])${field.replaceAll('_', '[_ ]?')}(?![a-z])`, 'i');

/** Words that stand right before or after the name of what is refused. */
const BLAMES =
  /(unknown|unrecogni[sz]ed|unsupported|unexpected|extraneous|invalid|extra|illegal|disallowed|not? (?:allowed|supported|permitted)|does(?: not|n't) (?:support|accept|allow)|parameters?|argument|keyword|property|field|name|key|body)[^\w]{0,6}[\w\s]{0,24}[^\w]{0,4}$/i;

/** The changes that a refusal can ask for, the likeliest first; none where it speaks of nothing that can be changed. */
export function changesFor(refused: Refused): readonly Change[] {
  const { refusal, body, request } = refused;
  const role = roleChange(refused);
  if (role !== null) return [role];
  const needed = neededChange(refusal, body);
  if (needed !== null) return [needed];
  const fixed = request.fixed ?? [];
  const fields = blamed(refused);
  // Where what must not be changed is blamed first, nothing else is changed in its place.
  if (fields[0] !== undefined && fixed.includes(fields[0])) return [];
  return fields.filter((field) => !fixed.includes(field)).map((field) => changeOf(field, refused));
}

/** Room for the reply that is left beside what was sent, where a refusal says that both together are too much. */
export function roomLeft(message: string): number | null {
  const limit = firstNumber(message, [
    /maximum context length (?:is|of) (\d+)/i,
    /context limit: \d+ \+ \d+ > (\d+)/i,
  ]);
  const sent = firstNumber(message, [
    /\((\d+) (?:in|of) (?:the )?(?:messages|prompt|text input|input)/i,
    /request has (\d+) input tokens/i,
    /context limit: (\d+) \+/i,
  ]);
  if (limit === null || sent === null) return null;
  const left = limit - sent - MARGIN;
  return left >= LEAST_ROOM ? left : null;
}

const MARGIN = 16;
/** Less is no answer worth asking for. */
const LEAST_ROOM = 256;

/** Fields of the body that a refusal names, the likeliest culprit first. */
function blamed({ refusal, body, taken }: Refused): readonly string[] {
  const { param, message, code } = refusal;
  const fields = Object.keys(body).filter((field) => field !== 'model' && field !== 'messages');
  const named = fields.filter((field) => param !== null && nameOf(field).test(param));
  if (named.length > 0) return named;
  if (/^(messages|model|input)\b/.test(param ?? '')) return [];
  return fields
    .flatMap((field) => {
      const at =
        placeIn(message, field, taken) ??
        (nameOf(field).test(code) ? Number.MAX_SAFE_INTEGER : null);
      return at === null ? [] : [{ field, at }];
    })
    .sort((a, b) => a.at - b.at)
    .map(({ field }) => field);
}

/** Where a message blames a field: behind words of blame where there are any, else at its first mention. */
function placeIn(message: string, field: string, plainly: boolean): number | null {
  const mentions = [...message.matchAll(new RegExp(nameOf(field).source, 'gi'))].map(
    ({ index }) => index,
  );
  const behind = mentions.find((at) => BLAMES.test(message.slice(0, at)));
  if (behind !== undefined || plainly) return behind ?? null;
  return mentions[0] === undefined ? null : mentions[0] + message.length;
}

function changeOf(field: string, refused: Refused): Change {
  const { refusal, body, request, format } = refused;
  switch (field) {
    case 'response_format': {
      if (/\bstrict\b/i.test(`${refusal.param ?? ''} ${refusal.message}`) && strictIn(body))
        return { kind: 'drop', field: 'response_format.json_schema.strict' };
      const own =
        /invalid schema|schema.{0,40}(too|invalid|must|not permitted|required|nest)/i.test(
          refusal.message,
        );
      const to = format === 'schema' && !takesOnlyText(refusal) ? 'json' : 'text';
      return { kind: 'format', schema: own ? (request.schema?.name ?? null) : null, to };
    }
    case 'tool_choice':
      return body[field] === 'auto'
        ? { kind: 'drop', field }
        : { kind: 'value', field, value: 'auto' };
    case 'max_tokens':
    case 'max_completion_tokens':
      return roomChange(field, refused);
    case 'seed':
      return /random_seed/.test(refusal.message)
        ? { kind: 'rename', field, to: 'random_seed' }
        : { kind: 'drop', field };
    default:
      return { kind: 'drop', field };
  }
}

const strictIn = (body: Body): boolean =>
  JSON.stringify(body['response_format'] ?? null).includes('"strict":');

const takesOnlyText = ({ message }: Refusal): boolean =>
  /must be .{0,3}text|only .{0,3}text/i.test(message);

const OTHER = { max_tokens: 'max_completion_tokens', max_completion_tokens: 'max_tokens' } as const;

/** Too large is another matter than an unknown name; of two names that are both unknown none is sent. */
function roomChange(field: keyof typeof OTHER, { refusal, body, dialect }: Refused): Change {
  const sent = Number(body[field]);
  const most = firstNumber(refusal.message, [
    /(?:at most|up to|less than or equal to|<=|maximum(?: (?:value|allowed|of))?(?: is| of)?:?|range[^\d]{0,12}\d+\s*,|between \d+ and|cannot exceed|max is)\s*(\d+)/i,
    /(\d+)\s*(?:\(?max|is the (?:max|limit))/i,
  ]);
  if (most !== null && most < sent && most > 0 && !/use '?`?max_/i.test(refusal.message))
    return { kind: 'most', field, value: most };
  const tried = dialect.some((change) => change.kind === 'rename' && change.to === field);
  return tried
    ? { kind: 'drop', field: OTHER[field] }
    : { kind: 'rename', field, to: OTHER[field] };
}

/** A field that we leave out and the endpoint insists on. */
function neededChange({ message, param }: Refusal, body: Body): Change | null {
  const needs =
    /(max_(?:completion_)?tokens)\W.{0,40}(required|missing)|(?:required|missing).{0,30}(max_(?:completion_)?tokens)/i.exec(
      `${param ?? ''} ${message}`,
    );
  const field = needs?.[1] ?? needs?.[3];
  return field === undefined || field in body ? null : { kind: 'value', field, value: 4_096 };
}

const NO_SYSTEM =
  /system (role|message|prompt|instruction)s?.{0,40}\b(not|n't|unsupported|never)\b|(not|n't) support.{0,30}\bsystem\b|developer instruction|roles? must alternate|only user and assistant roles|(invalid|unexpected|unknown|unsupported).{0,25}(role|variant).{0,15}\bsystem\b|system.{0,20}is not (one of|a valid)|first message .{0,20}user/i;

/** Instructions in a role that the endpoint knows. */
function roleChange({ refusal, body, dialect }: Refused): Change | null {
  const messages = JSON.stringify(body['messages']);
  if (!NO_SYSTEM.test(refusal.message) || !/"role":"(system|developer)"/.test(messages))
    return null;
  const before = dialect.some((change) => change.kind === 'system');
  const wants = /use .{0,3}developer|'developer'/i.test(refusal.message) && !before;
  return { kind: 'system', to: wants ? 'developer' : 'user' };
}

/** What a refusal without a name can be about, the likeliest first; each is tried alone. */
export function guesses({ body, format, request }: Omit<Refused, 'refusal'>): readonly Change[] {
  const all: readonly (readonly [string, Change])[] = [
    [
      'response_format',
      { kind: 'format', schema: null, to: format === 'schema' ? 'json' : 'text' },
    ],
    ['response_format', { kind: 'format', schema: null, to: 'text' }],
    ['seed', { kind: 'drop', field: 'seed' }],
    ['temperature', { kind: 'drop', field: 'temperature' }],
    ['max_tokens', { kind: 'rename', field: 'max_tokens', to: 'max_completion_tokens' }],
    ['max_completion_tokens', { kind: 'rename', field: 'max_completion_tokens', to: 'max_tokens' }],
  ];
  return all.flatMap(([field, change]) =>
    field in body && !request.fixed?.includes(field) ? [change] : [],
  );
}
