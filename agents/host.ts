import type { JsonObject } from '../contracts/json.ts';
import type { Span, Trace } from '../contracts/trace.ts';
import { type CallPorts, type Calls, createCalls } from './calls.ts';
import { faultOf } from './fault.ts';
import { createPrograms, ProgramEndedError } from './command.ts';
import { runPromptAgent } from './prompted.ts';
import type { Recorded } from './protocol.ts';
import { AgentLateError, AgentUnreachableError, type Reply } from './reply.ts';
import type { AgentCall, AgentResult } from './result.ts';
import { createIsolation } from './isolation.ts';
import { createServices } from './services.ts';
import type { Ended, RunnerOptions, Task } from './runner.ts';
import { rootSpanId } from './span-id.ts';

export type AgentHost = {
  /** Runs one rollout. @throws what `ports.fatal` names, such as a spent budget; all else is in the result. */
  run(call: AgentCall): Promise<AgentResult>;
  close(): void;
};

type Answer = Reply & { readonly remarks: readonly string[] };

/** Runs agents: prompt agents here, services over HTTP, user code in processes of its own. */
export function createAgentHost(ports: CallPorts, options: RunnerOptions): AgentHost {
  const isolation = createIsolation(options);
  const programs = createPrograms(options);
  const services = createServices();

  async function answerOf(call: AgentCall, calls: Calls): Promise<Answer> {
    const { kind } = call.agent.declaration;
    if (kind === 'http') return { ...(await services.run(call)), remarks: [] };
    if (kind === 'command') return programs.run(call);
    return { outputs: await runPromptAgent(call, calls), promptsUsed: {}, remarks: [] };
  }

  async function runHere(call: AgentCall): Promise<readonly [Ended, Calls]> {
    const calls = createCalls(call, ports);
    try {
      return [{ kind: 'returned', recorded: NOTHING, ...(await answerOf(call, calls)) }, calls];
    } catch (error) {
      call.signal?.throwIfAborted();
      return [endedBy(error), calls];
    }
  }

  return {
    async run(call) {
      const module = call.agent.declaration.kind === 'module';
      const [ended, calls] = await (module
        ? isolation.run(taskOf(call), () => createCalls(call, ports))
        : runHere(call));
      calls.throwFatal(ended.kind);
      return resultOf({ call, ended, calls, start: calls.startedAt, end: ports.now() });
    },
    close: () => {
      isolation.close();
      programs.close();
    },
  };
}

function endedBy(error: unknown): Ended {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  if (error instanceof AgentUnreachableError) return { kind: 'unreachable', message };
  if (error instanceof AgentLateError) return { kind: 'timeout', message };
  if (error instanceof ProgramEndedError) return { kind: 'died', message };
  return { kind: 'threw', error: { name, message }, recorded: NOTHING };
}

function taskOf({ agent, traceId, inputs, prompts }: AgentCall): Task {
  const { declaration, record, file } = agent;
  return {
    file: file!,
    exported: declaration.kind === 'module' ? declaration.export : '',
    timeoutMs: record.timeoutMs,
    work: { kind: 'run', traceId, inputs, prompts },
  };
}

const NOTHING: Recorded = { spans: [], exported: null };

/** What the run recorded; a process that was ended took it along. */
const recordedOf = (ended: Ended): Recorded =>
  ended.kind === 'returned' || ended.kind === 'threw' ? ended.recorded : NOTHING;

type Facts = {
  readonly call: AgentCall;
  readonly ended: Ended;
  readonly calls: Calls;
  readonly start: number;
  readonly end: number;
};

function resultOf(facts: Facts): AgentResult {
  const { call, ended, calls } = facts;
  const outputs = ended.kind === 'returned' ? ended.outputs : null;
  const { timeoutMs } = call.agent.record;
  const error = ended.kind === 'returned' ? null : faultOf(ended, { who: 'agent', timeoutMs });
  const ours =
    ended.kind === 'unreachable'
      ? { kind: 'infrastructure', message: ended.message }
      : calls.notMeasured();
  const status = error === null ? 'ok' : ours === null ? 'failed' : 'missing';
  return {
    status,
    outputs,
    error: error === null ? null : (ours ?? error),
    trace: traceOf(facts, outputs, error?.message ?? null),
    exported: recordedOf(ended).exported,
    latencyMs: calls.meter.latency(),
    price: calls.price(),
    ...(ended.kind === 'returned' &&
      ended.promptsUsed !== undefined && { promptsUsed: ended.promptsUsed }),
    ...(ended.kind === 'unreachable' && { unreachable: true }),
  };
}

function traceOf(facts: Facts, outputs: JsonObject | null, message: string | null): Trace {
  const { call, ended, calls, start, end } = facts;
  const status = message === null ? 'OK' : 'ERROR';
  const rootId = rootSpanId(call.traceId);
  const remarks = ended.kind === 'returned' ? (ended.remarks ?? []) : [];
  const under = (span: Span): Span => ({ ...span, parent: span.parent ?? rootId });
  const root: Span = {
    id: rootId,
    parent: null,
    name: call.agent.record.name,
    kind: 'agent',
    start,
    end,
    status,
    message,
    inputs: call.inputs,
    outputs,
    usage: null,
    attributes: remarks.length > 0 ? { 'attune.remarks': [...remarks] } : {},
  };
  const spans = [root, ...recordedOf(ended).spans.map(under), ...calls.spans.map(under)];
  return { id: call.traceId, status, inputs: call.inputs, outputs, spans };
}
