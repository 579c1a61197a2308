import { canonical } from '../contracts/canonical.ts';
import type { Json } from '../contracts/json.ts';
import type { CallContext, Completion, CompletionRequest, Structured } from '../contracts/model.ts';
import { type Failure, ModelDeclinedError, ReplyFormatError } from './errors.ts';
import { outsideOfThinking } from './thinking.ts';
import { jsonInReply, whyNone } from './reply-json.ts';

type Asking<T> = {
  readonly endpoint: string;
  readonly request: CompletionRequest;
  readonly context: CallContext;
  readonly complete: (request: CompletionRequest, context: CallContext) => Promise<Completion>;
  readonly read: (json: Json) => T;
};

type Reading<T> =
  | { readonly kind: 'value'; readonly value: T }
  | { readonly kind: 'cut' }
  | { readonly kind: 'fault'; readonly fault: string };

/** A reply that `read` accepts, after at most one re-ask that shows the fault; else ReplyFormatError or ModelDeclinedError. */
export async function askStructured<T>(asking: Asking<T>): Promise<Structured<T>> {
  const { request, context } = asking;
  const first = await asking.complete(request, context);
  const reading = readReply(asking, first);
  if (reading.kind === 'value') return { value: reading.value, completion: first, attempts: 1 };
  const again = await asking.complete(
    reading.kind === 'cut' ? withMoreRoom(request) : withComplaint(request, first, reading.fault),
    { ...context, draw: `${context.draw}/attempt-2` },
  );
  const completion = together(first, again);
  const second = readReply(asking, again);
  if (second.kind === 'value') return { value: second.value, completion, attempts: 2 };
  const fault = second.kind === 'cut' ? CUT : second.fault;
  throw new ReplyFormatError(failureOf(asking, fault), completion);
}

const CUT = 'it was cut at its length limit before the answer was finished, also with more room';

/** Tokens for a reply whose like was cut. */
const MORE_ROOM = 16_384;

/** The same question with room for what was cut; the torn reply is not shown. */
const withMoreRoom = (request: CompletionRequest): CompletionRequest => ({
  ...request,
  maxTokens: request.maxTokens === undefined ? MORE_ROOM : Math.max(4_096, 4 * request.maxTokens),
});

const withComplaint = (
  request: CompletionRequest,
  first: Completion,
  fault: string,
): CompletionRequest => ({
  ...request,
  messages: [
    ...request.messages,
    // An empty message is refused by many.
    { role: 'assistant', content: first.text || '(no answer)' },
    {
      role: 'user',
      content: `That reply cannot be used: ${fault}\nReply again with only the JSON that was asked for.`,
    },
  ],
});

const failureOf = (asking: Asking<unknown>, detail: string): Failure => ({
  endpoint: asking.endpoint,
  model: asking.request.model,
  detail,
});

function readReply<T>(asking: Asking<T>, completion: Completion): Reading<T> {
  const { finishReason, text } = completion;
  if (finishReason === 'refusal' || finishReason === 'content_filter')
    throw new ModelDeclinedError(failureOf(asking, text.slice(0, 200)), completion);
  // What was cut is not finished, whatever it holds by then.
  if (finishReason === 'length') return { kind: 'cut' };
  const said = text === '' ? calledWith(asking.request, completion) : text;
  return answerIn(outsideOfThinking(said), asking.read);
}

/** Gateways that bind a reply to its schema by a tool of their own answer with a call of it. */
function calledWith({ tools }: CompletionRequest, { toolCalls }: Completion): string {
  const [call, ...more] = tools?.length || toolCalls.length === 0 ? [] : toolCalls;
  const called = call?.['function'] as { readonly arguments?: unknown } | undefined;
  const given = called?.arguments;
  if (more.length > 0 || given === undefined) return '';
  return typeof given === 'string' ? given : JSON.stringify(given);
}

/** The one value that a text gives: two that differ contradict each other, and neither counts. */
function answerIn<T>(text: string, read: (json: Json) => T): Reading<T> {
  const found: T[] = [];
  let fault = whyNone(text);
  for (const { json, repeated } of jsonInReply(text))
    try {
      const value = read(json);
      if (repeated !== null) return contradiction(`"${repeated}" twice, with different values`);
      found.push(value);
    } catch (error) {
      fault = error instanceof Error ? error.message : String(error);
    }
  const last = found.at(-1);
  if (last === undefined) return { kind: 'fault', fault };
  const told = [...new Set(found.map(essence))];
  if (told.length > 1) return contradiction(told.map((one) => one.slice(0, 60)).join(' and '));
  return { kind: 'value', value: last };
}

const contradiction = (told: string): Reading<never> => ({
  kind: 'fault',
  fault: `it holds answers that contradict each other: ${told}. One answer is wanted, and no example of another.`,
});

/** What two answers must agree on: the value where there is one, whatever the reasons. */
function essence(answer: unknown): string {
  const own =
    typeof answer === 'object' && answer !== null && 'value' in answer ? answer.value : answer;
  return canonical(own as Json) ?? 'null';
}

/** The second reply, with what both cost. */
const together = (first: Completion, second: Completion): Completion => ({
  ...second,
  usage: {
    inputTokens: first.usage.inputTokens + second.usage.inputTokens,
    cachedTokens: first.usage.cachedTokens + second.usage.cachedTokens,
    outputTokens: first.usage.outputTokens + second.usage.outputTokens,
  },
  price: first.price + second.price,
  latencyMs: first.latencyMs + second.latencyMs,
  fromLedger: first.fromLedger && second.fromLedger,
});
