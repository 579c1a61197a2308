import type { Json, JsonObject } from '../../contracts/json.ts';
import type { Span } from '../../contracts/trace.ts';
import type { ReflectiveRecord } from './render.ts';

export type RecordSpan = Pick<Span, 'name' | 'kind' | 'status' | 'message' | 'inputs' | 'outputs'>;

/** One scorer's word on an output; the score is null where it does not apply. */
export type Remark = {
  readonly name: string;
  readonly score: number | null;
  readonly rationale: string | null;
};

export type RecordParts = {
  readonly inputs: JsonObject;
  /** The agent's output, or what is known of its failure. */
  readonly outputs: Json;
  readonly expectations?: JsonObject | null;
  /** Of the scorer that measures. */
  readonly rationale: string | null;
  readonly score: number;
  /** What further scorers said. */
  readonly remarks?: readonly Remark[];
  readonly spans?: readonly RecordSpan[];
};

/** The reflective record of one example: inputs, output, expectations, the spans that matter, score and rationale. */
export function reflectiveRecord(parts: RecordParts): ReflectiveRecord {
  const { inputs, outputs, expectations, rationale, score } = parts;
  const expected = expectations && Object.keys(expectations).length > 0 ? expectations : null;
  const spans = (parts.spans ?? []).filter(matters).map(spanRecord);
  return {
    Inputs: inputs,
    'Generated Outputs': outputs,
    ...(expected === null ? {} : { Expectations: expected }),
    ...(spans.length === 0 ? {} : { 'Tool Calls': spans }),
    Feedback: [`Score: ${score}`, rationale ?? '', ...(parts.remarks ?? []).map(remarkLine)]
      .filter((line) => line !== '')
      .join('\n'),
  };
}

const remarkLine = ({ name, score, rationale }: Remark): string =>
  `${name}: ${score ?? 'not applicable'}${rationale === null ? '' : `. ${rationale}`}`;

// A failed tool or retriever call often explains the output; other spans repeat what the record already shows.
const matters = ({ kind, status }: RecordSpan): boolean =>
  status === 'ERROR' || kind === 'tool' || kind === 'retriever';

const spanRecord = ({ name, status, message, inputs, outputs }: RecordSpan): JsonObject => ({
  Name: name,
  Inputs: inputs,
  ...(status === 'ERROR' ? { Error: message ?? 'failed' } : { Outputs: outputs }),
});
