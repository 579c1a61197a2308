import type { AssessmentError } from '../contracts/assessment.ts';
import { hashJson } from '../contracts/hash.ts';
import type { JudgeAnswer } from '../contracts/code-scorer.ts';
import type { CallContext, Completion } from '../contracts/model.ts';
import type { Span } from '../contracts/trace.ts';
import { ModerationError } from '../llm/errors.ts';
import { createMeter, type Meter } from './meter.ts';
import type { ChildRequest, JudgeRequest } from './protocol.ts';
import type { Complete } from './result.ts';
import { spanIdOf } from './span-id.ts';

export type CallPorts = {
  readonly complete: Complete;
  readonly now: () => number;
  /** Whether a failed model call is our fault (unreachable, out of quota ...) and not the agent's. */
  readonly infrastructure: (error: unknown) => boolean;
  /** Whether a failure ends the whole run, such as a spent budget or a wrong key. */
  readonly fatal: (error: unknown) => boolean;
  /** Whether the call was ended from outside, so that whatever user code made of it is no result. */
  readonly interrupted: (error: unknown) => boolean;
};

/** On whose behalf calls are made. */
export type Caller = {
  /** Ids of the spans of its calls are made of it. */
  readonly traceId: string;
  /** Used where the request names none. */
  readonly model: string;
  /** Context of the n-th equal model call. */
  readonly context: (n: number) => CallContext;
  /** Of code scorers alone. */
  readonly judge?: (asked: JudgeRequest) => Promise<JudgeAnswer>;
};

/** The model calls of one rollout: draws, spans, price, and whether one failed by our fault. */
export type Calls = {
  complete(request: ChildRequest, parent: string | null): Promise<Completion>;
  judge(asked: JudgeRequest): Promise<JudgeAnswer>;
  readonly startedAt: number;
  readonly spans: readonly Span[];
  readonly meter: Meter;
  price(): number;
  /** Why the rollout was not measured: a call that failed by our fault, or that a provider's filter refused. */
  notMeasured(): AssessmentError | null;
  /** @throws what ends the whole run: an interruption always, another such fault unless user code came by it and returned. */
  throwFatal(ended: string): void;
};

export function createCalls(call: Caller, ports: CallPorts): Calls {
  const equal = new Map<string, number>();
  const spans: Span[] = [];
  const meter = createMeter(ports.now);
  let started = 0;
  let price = 0;
  let unmeasured: AssessmentError | null = null;
  let fatal: unknown = null;
  let interruption: unknown = null;

  const nth = (request: ChildRequest): number => {
    const key = hashJson(request);
    const n = equal.get(key) ?? 0;
    equal.set(key, n + 1);
    return n;
  };

  async function complete(request: ChildRequest, parent: string | null): Promise<Completion> {
    const start = ports.now();
    const span = spanIdOf(call.traceId, `m${(started += 1)}`);
    meter.callStarted();
    let latency = 0;
    try {
      const full = { ...request, model: request.model ?? call.model };
      const completion = await ports.complete(full, call.context(nth(request)));
      latency = completion.latencyMs;
      price += completion.price;
      const asked = modelSpan(span, parent, request, start);
      spans.push({ ...asked, ...answered(completion, { start, span: asked }) });
      return completion;
    } catch (error) {
      const message = note(error);
      spans.push({
        ...modelSpan(span, parent, request, start),
        end: ports.now(),
        status: 'ERROR',
        message,
      });
      throw error;
    } finally {
      meter.callEnded(latency);
    }
  }

  async function judge(asked: JudgeRequest): Promise<JudgeAnswer> {
    if (call.judge === undefined) throw new Error('an agent asks its own model, and no judge');
    meter.callStarted();
    try {
      return await call.judge(asked);
    } catch (error) {
      note(error);
      throw error;
    } finally {
      meter.callEnded(0);
    }
  }

  /** Remembers whose fault a failed call was. Answers its message. */
  function note(error: unknown): string {
    const message = error instanceof Error ? error.message : String(error);
    if (ports.infrastructure(error)) unmeasured = { kind: 'infrastructure', message };
    else if (error instanceof ModerationError) unmeasured = { kind: error.fault, message };
    if (ports.fatal(error)) fatal = error;
    if (ports.interrupted(error)) interruption = error;
    return message;
  }

  return {
    complete,
    judge,
    startedAt: ports.now(),
    spans,
    meter,
    price: () => price,
    notMeasured: () => unmeasured,
    throwFatal: (ended) => {
      const error = interruption ?? (ended === 'returned' ? null : fatal);
      if (error !== null) throw asError(error);
    },
  };
}

const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error));

function modelSpan(id: string, parent: string | null, request: ChildRequest, start: number): Span {
  return {
    id,
    parent,
    name: request.model ?? 'chat',
    kind: 'model',
    start,
    end: start,
    status: 'OK',
    message: null,
    inputs: request.messages,
    outputs: null,
    usage: null,
    attributes: request.tools === undefined ? {} : { 'gen_ai.tool.definitions': request.tools },
  };
}

/** What a model thought, kept apart from what it said. */
const THINKING = 'attune.thinking';

function answered(
  completion: Completion,
  { start, span }: { readonly start: number; readonly span: Span },
): Partial<Span> {
  const { inputTokens, outputTokens } = completion.usage;
  const { thinking, finishReason } = completion;
  return {
    end: start + completion.latencyMs,
    outputs: completion.text,
    usage: { inputTokens, outputTokens },
    attributes: {
      ...span.attributes,
      ...(finishReason === 'stop' ? {} : { 'gen_ai.response.finish_reasons': [finishReason] }),
      ...(thinking === undefined ? {} : { [THINKING]: thinking }),
    },
  };
}
