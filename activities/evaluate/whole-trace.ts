import type { AgentResult } from '../../agents/result.ts';
import type { Trace } from '../../contracts/trace.ts';
import { readOtlp } from '../../domain/trace/otlp.ts';

/** The trace of a rollout with the spans that instrumentations in the agent's process left, read as if they had come over OTLP. */
export function wholeTrace({ trace, exported }: AgentResult, now: number): Trace {
  if (exported === null) return trace;
  const { spans } = readOtlp(exported, { now });
  const own = spans.map(({ trace: _trace, session: _session, ...span }) => span);
  return { ...trace, spans: [...trace.spans, ...own] };
}
