import type { AssessmentError } from '../contracts/assessment.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { CallContext, Completion, CompletionRequest } from '../contracts/model.ts';
import type { Trace } from '../contracts/trace.ts';
import type { LoadedAgent } from './load.ts';

export type Complete = (request: CompletionRequest, context: CallContext) => Promise<Completion>;

/** One rollout to run. */
export type AgentCall = {
  readonly agent: LoadedAgent;
  readonly inputs: JsonObject;
  /** Texts of the arm's prompts by name. */
  readonly prompts: Readonly<Record<string, string>>;
  readonly traceId: string;
  /** Model of the role `agent`, used where the agent names none. */
  readonly model: string;
  /** Context of the n-th equal model call of this rollout; its draw names run, arm, example, trial and n. */
  readonly context: (n: number) => CallContext;
  /** Aborted when whoever asked has ended. */
  readonly signal?: AbortSignal;
};

/** What came of it: `failed` is the agent's own doing, `missing` is ours. */
export type AgentResult = {
  readonly status: 'ok' | 'failed' | 'missing';
  readonly outputs: JsonObject | null;
  readonly error: AssessmentError | null;
  readonly trace: Trace;
  /** Spans of the ecosystem's instrumentations in the same trace: an OTLP/JSON export request. */
  readonly exported: JsonObject | null;
  readonly latencyMs: number;
  readonly price: number;
  /** SHA-256 of the prompts that the agent says it used, by name. */
  readonly promptsUsed?: Readonly<Record<string, string>>;
  /** The service or program could not be had at all. */
  readonly unreachable?: boolean;
};
