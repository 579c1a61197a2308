import type { Json } from '../contracts/json.ts';
import type { CallContext, Completion, CompletionRequest, Structured } from '../contracts/model.ts';
import { type Failure, ModelDeclinedError, ReplyFormatError } from './errors.ts';
import { parseReply } from './format.ts';

type Asking<T> = {
  readonly endpoint: string;
  readonly request: CompletionRequest;
  readonly context: CallContext;
  readonly complete: (request: CompletionRequest, context: CallContext) => Promise<Completion>;
  readonly read: (json: Json) => T;
};

type Reading<T> = { readonly value: T } | { readonly fault: string };

/** A reply that `read` accepts, after at most one re-ask that shows the fault; else ReplyFormatError or ModelDeclinedError. */
export async function askStructured<T>(asking: Asking<T>): Promise<Structured<T>> {
  const { request, context } = asking;
  const first = await asking.complete(request, context);
  const reading = readReply(asking, first);
  if ('value' in reading) return { value: reading.value, completion: first, attempts: 1 };
  const again = await asking.complete(
    {
      ...request,
      messages: [
        ...request.messages,
        { role: 'assistant', content: first.text },
        { role: 'user', content: complaint(reading.fault) },
      ],
    },
    { ...context, draw: `${context.draw}/attempt-2` },
  );
  const completion = together(first, again);
  const second = readReply(asking, again);
  if ('value' in second) return { value: second.value, completion, attempts: 2 };
  throw new ReplyFormatError(failureOf(asking, second.fault), completion);
}

const complaint = (fault: string): string =>
  `That reply cannot be used: ${fault}\nReply again with only the JSON that was asked for.`;

const failureOf = (asking: Asking<unknown>, detail: string): Failure => ({
  endpoint: asking.endpoint,
  model: asking.request.model,
  detail,
});

function readReply<T>(asking: Asking<T>, completion: Completion): Reading<T> {
  if (completion.finishReason === 'refusal' || completion.finishReason === 'content_filter')
    throw new ModelDeclinedError(failureOf(asking, completion.text.slice(0, 200)), completion);
  try {
    return { value: asking.read(parseReply(completion.text)) };
  } catch (error) {
    const cut =
      completion.finishReason === 'length' ? ' (the reply was cut at its length limit)' : '';
    return { fault: `${error instanceof Error ? error.message : String(error)}${cut}` };
  }
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
