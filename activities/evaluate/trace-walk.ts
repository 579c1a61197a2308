import type { Json, JsonObject } from '../../contracts/json.ts';
import type { JudgeDefinition } from '../../contracts/judge.ts';
import {
  mayGoOn,
  startWalk,
  takeReply,
  walkRequest,
  walkView,
} from '../../domain/evaluate/trace-walk.ts';
import { modelsOf } from '../deps.ts';
import type { Job } from './job.ts';
import { traceOf } from './subjects.ts';
import { judgeContext } from './verdict-context.ts';

/** What a reading of the trace found for its judge. */
export type Walked = {
  /** Takes the place of the field `trace`. */
  readonly view: JsonObject;
  /** The steps, with the spans each speaks of. */
  readonly evidence: Json;
};

/** Lets the judge's model read the trace with tools, within the bounds of the judge; every reply goes through the ledger. */
export async function walkTrace(
  job: Job,
  definition: JudgeDefinition,
  fields: JsonObject,
): Promise<Walked> {
  const { deps, run, subject } = job;
  const trace = traceOf(subject);
  const model = modelsOf(deps, run).judge;
  const { tokens = 0 } = definition.trace ?? {};
  let walk = startWalk(definition, trace, fields);
  while (mayGoOn(walk, definition)) {
    const reply = await deps.model.complete(
      walkRequest(walk, definition, model),
      judgeContext(job),
    );
    const next = takeReply(walk, reply, { trace, tokens });
    if (next === null) break;
    walk = next;
  }
  const steps = walk.steps.map(({ tool, arguments: args, spans }) => ({
    tool,
    arguments: args,
    spans,
  }));
  return {
    view: walkView(walk, trace),
    evidence: { steps, turns: walk.turns, tokens: walk.tokens },
  };
}
