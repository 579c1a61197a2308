import type { Example } from '../../contracts/example.ts';
import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts';
import type { TraceContent } from '../../contracts/trace.ts';
import { withContent } from './example.ts';

/**
 * The row of a trace: known by the trace's id, in the conversation that its session is, with a link to it. Inputs or outputs that are
 * no object stand under `input` and `output`.
 */
export function rowOfTrace(trace: TraceContent): Example {
  const { id, session, inputs, outputs, tags } = trace;
  const row = {
    id,
    conversation: session ?? id,
    hash: '',
    inputs: {},
    tags,
    source: { trace: id },
  };
  return withContent(row, {
    inputs: asObject(inputs, 'input') ?? {},
    ...(outputs !== null && { outputs: asObject(outputs, 'output')! }),
    tags,
  });
}

function asObject(value: Json, key: string): JsonObject | null {
  if (value === null) return null;
  return isJsonObject(value) ? value : { [key]: value };
}

/** The rows with those of traces added; a row that is there already stays as it is, edits and all. */
export function addRows(
  before: readonly Example[],
  incoming: readonly Example[],
): readonly Example[] {
  const known = new Set(before.map(({ id }) => id));
  return [...before, ...incoming.filter(({ id }) => !known.has(id))];
}
