import type { JsonObject } from '../../contracts/json.ts';
import type { Usage } from '../../contracts/model.ts';
import type { Answer } from '../client.ts';
import { finishOf } from './finish.ts';
import { type Said, saidIn } from './said.ts';
import { isStream, joinChunks, joinStream } from './stream.ts';
import { separateThinking } from '../thinking.ts';
import { readUsage } from './usage.ts';

type Fields = Readonly<Record<string, unknown>>;

export type Reading =
  | { readonly kind: 'answer'; readonly answer: Answer; readonly usage: Usage }
  /** An error that came with a status of success. */
  | { readonly kind: 'error'; readonly said: Said }
  | { readonly kind: 'broken'; readonly detail: string };

/** Reads the body of a chat reply, in whatever form servers send one. This is the only place that knows those forms. */
export function readReply(
  { text, type }: { readonly text: string; readonly type: string },
  sent: unknown,
): Reading {
  const body = bodyOf(text, type);
  if (typeof body === 'string') return { kind: 'broken', detail: body };
  const choice = firstChoice(body);
  const message = messageOf(choice);
  const fault = [choice?.['error'], body['error']].find(saysSomething);
  const said = saidIn(fault === undefined ? body : { error: fault });
  if (message === null)
    return said === null
      ? { kind: 'broken', detail: 'the reply is not a chat completion' }
      : { kind: 'error', said };
  const finish = finishOf(choice!);
  if (said !== null && fault !== undefined) return { kind: 'error', said };
  if (finish === 'error')
    return {
      kind: 'error',
      said: { ...NOTHING_SAID, message: 'the answer broke off with an error' },
    };
  const answer = answerOf(message, finish);
  const usage = readUsage(body['usage'] ?? choice?.['usage'] ?? body['usageMetadata'] ?? body, {
    sent,
    said: `${answer.thinking ?? ''}${answer.text}${answer.toolCalls.length === 0 ? '' : JSON.stringify(answer.toolCalls)}`,
  });
  return { kind: 'answer', answer, usage };
}

/** Some send an empty error beside a good answer. */
const saysSomething = (fault: unknown): boolean =>
  typeof fault === 'object' && fault !== null
    ? Object.values(fault).some((value) => value !== null && value !== '')
    : Boolean(fault);

const NOTHING_SAID: Said = { status: null, code: '', param: null, message: '', moderated: false };

/** The body as one object, or what is wrong with it. */
function bodyOf(text: string, type: string): Fields | string {
  if (isStream(text, type)) return joinStream(text) ?? 'the reply came as a stream that broke off';
  try {
    const body: unknown = JSON.parse(text.replace(/^\ufeff/, ''));
    const list = Array.isArray(body) ? (body as Fields[]) : [body as Fields];
    const whole = list.length === 1 ? list[0]! : joinChunks(list, true);
    return typeof whole === 'object' && whole !== null
      ? whole
      : 'the reply is not a chat completion';
  } catch {
    const lines = joinStream(text);
    return lines ?? 'the body of its reply is not JSON';
  }
}

function firstChoice(body: Fields): Fields | null {
  const choices = body['choices'];
  const list: readonly unknown[] = Array.isArray(choices) ? choices : [];
  const [first] = list;
  if (typeof first === 'object' && first !== null) return first as Fields;
  // As Ollama answers at its own address, behind gateways that pass it on.
  return typeof body['message'] === 'object' && body['message'] !== null
    ? { message: body['message'], finish_reason: body['done_reason'] }
    : null;
}

function messageOf(choice: Fields | null): Fields | null {
  if (choice === null) return null;
  if (typeof choice['message'] === 'object' && choice['message'] !== null)
    return choice['message'] as Fields;
  return typeof choice['text'] === 'string' ? { content: choice['text'] } : null;
}

/** Members of a message that hold its thoughts. */
const THOUGHTS = [
  'reasoning_content',
  'reasoning',
  'thinking',
  'thinking_blocks',
  'reasoning_details',
];

function answerOf(message: Fields, finish: string): Answer {
  const parts = partsOf(message['content']);
  const separated = separateThinking(parts.text);
  const beside = THOUGHTS.map((name) => textIn(message[name])).find((text) => text !== '') ?? '';
  const thinking = [parts.thinking, beside, separated.thinking]
    .filter((text) => text !== '')
    .join('\n\n');
  const refusal = textIn(message['refusal']) || parts.refusal;
  const toolCalls = callsOf(message);
  const text = refusal || separated.text;
  const silent = text === '' && toolCalls.length === 0 && finish === 'stop';
  const meant = message['content'] === '' && thinking === '';
  return {
    text,
    ...(thinking === '' ? {} : { thinking }),
    toolCalls,
    finishReason: refusal ? 'refusal' : silent && !meant ? 'unanswered' : finish,
  };
}

function callsOf(message: Fields): readonly JsonObject[] {
  if (Array.isArray(message['tool_calls'])) return message['tool_calls'] as JsonObject[];
  const old = message['function_call'];
  return typeof old === 'object' && old !== null
    ? [{ id: 'call_0', type: 'function', function: old as JsonObject }]
    : [];
}

type Parts = { readonly text: string; readonly thinking: string; readonly refusal: string };

/** Content as text or as a list of parts, what is thought and what is declined apart. */
function partsOf(content: unknown): Parts {
  if (typeof content === 'string') return { text: content, thinking: '', refusal: '' };
  if (isBareObject(content)) return { text: JSON.stringify(content), thinking: '', refusal: '' };
  const list: readonly unknown[] = Array.isArray(content) ? content : [content];
  const of = (kind: string): string =>
    list
      .filter((part) => kindOf(part) === kind)
      .map(textIn)
      .join('');
  return { text: of('text'), thinking: of('thinking'), refusal: of('refusal') };
}

/** Some gateways parse the JSON that was asked for. */
const isBareObject = (content: unknown): boolean =>
  typeof content === 'object' &&
  content !== null &&
  !Array.isArray(content) &&
  !('type' in content) &&
  !('text' in content);

function kindOf(part: unknown): 'text' | 'thinking' | 'refusal' | 'other' {
  if (typeof part === 'string') return 'text';
  if (typeof part !== 'object' || part === null) return 'other';
  const { type, thought } = part as Fields;
  const name = typeof type === 'string' ? type : '';
  if (thought === true || /think|reason|thought|analysis/i.test(name)) return 'thinking';
  if (/refusal/i.test(name)) return 'refusal';
  return name === '' || /^(output_|input_)?text$/i.test(name) ? 'text' : 'other';
}

/** The text of a part, however deep it lies. */
function textIn(part: unknown): string {
  if (typeof part === 'string') return part;
  if (Array.isArray(part)) return part.map(textIn).join('');
  if (typeof part !== 'object' || part === null) return '';
  const { text, thinking, content, reasoning, summary, refusal } = part as Fields;
  for (const inner of [text, thinking, reasoning, content, summary, refusal]) {
    const found = textIn(inner);
    if (found !== '') return found;
  }
  return '';
}
