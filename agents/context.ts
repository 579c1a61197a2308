import { AsyncLocalStorage } from 'node:async_hooks';
import type { AgentContext } from '../contracts/agent.ts';
import type { Json } from '../contracts/json.ts';
import type { Completion } from '../contracts/model.ts';
import type { Span } from '../contracts/trace.ts';
import { activeSpanId, inSpan } from './active-span.ts';
import type { ChildRequest } from './protocol.ts';
import { spanIdOf } from './span-id.ts';

/** Thrown in user code that asks for a prompt which the run does not carry. */
export class UndeclaredPromptError extends Error {
  override readonly name = 'UndeclaredPromptError';
  readonly kind = 'invalid';
  readonly retryable = false;
  constructor(asked: string, declared: readonly string[]) {
    super(
      `the agent asked for the prompt \`${asked}\`, but this run carries ${declared.join(', ') || 'none'}; list it under \`prompts\` in attune.config.ts`,
    );
  }
}

export type ContextPorts = {
  readonly traceId: string;
  readonly prompts: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Sends a model request to the host, which has the key, the ledger and the limiter. */
  readonly complete: (request: ChildRequest, parent: string | null) => Promise<Completion>;
  readonly now: () => number;
  /** Where the spans of the run are put. */
  readonly spans: Span[];
};

/** The context of one run; concurrent runs do not mix, since the current span is async-local. */
export function createContext(ports: ContextPorts): AgentContext {
  const { traceId, spans } = ports;
  const current = new AsyncLocalStorage<string>();
  let opened = 0;

  // Spans of instrumentations and ours lie within each other: OpenTelemetry, where it is in use, knows both.
  const parentId = (): string | null => activeSpanId(traceId) ?? current.getStore() ?? null;

  const span: AgentContext['span'] = async (options, body) => {
    const spanId = spanIdOf(traceId, `s${(opened += 1)}`);
    const parent = parentId();
    const start = ports.now();
    const record = (status: Span['status'], message: string | null, outputs: Json): void => {
      spans.push({
        id: spanId,
        parent,
        name: options.name,
        kind: options.kind ?? 'chain',
        start,
        end: ports.now(),
        status,
        message,
        inputs: options.inputs ?? null,
        outputs,
        usage: null,
        attributes: {},
      });
    };
    try {
      const result = await current.run(spanId, () => inSpan({ traceId, spanId }, body));
      record('OK', null, result ?? null);
      return result;
    } catch (error) {
      record('ERROR', error instanceof Error ? error.message : String(error), null);
      throw error;
    }
  };

  return {
    prompt(name) {
      const text = Object.hasOwn(ports.prompts, name) ? ports.prompts[name] : undefined;
      if (text === undefined) throw new UndeclaredPromptError(name, Object.keys(ports.prompts));
      return text;
    },
    complete: (request) => ports.complete(request, parentId()),
    span,
    tool: (name, inputs, run) =>
      span({ name, kind: 'tool', inputs }, () => Promise.resolve(inputs).then(run)),
    signal: ports.signal,
  };
}
