import { isRecord, type Json, type JsonObject } from '../../contracts/json.ts';
import type { SpanKind } from '../../contracts/trace.ts';
import { answer, conversation } from './chat.ts';
import { number, text, type Told, usage } from './convention.ts';
import { parsed } from './json-text.ts';
import type { RawSpan } from './raw-span.ts';

const KINDS: Readonly<Record<string, SpanKind>> = {
  LLM: 'model',
  CHAT_MODEL: 'model',
  EMBEDDING: 'embedding',
  RETRIEVER: 'retriever',
  RERANKER: 'retriever',
  TOOL: 'tool',
  AGENT: 'agent',
  CHAIN: 'chain',
  WORKFLOW: 'chain',
  TASK: 'chain',
  PARSER: 'chain',
  GUARDRAIL: 'chain',
  EVALUATOR: 'chain',
};

/** MLflow: `mlflow.spanType`, `mlflow.spanInputs` and so on, each a JSON text. */
export function mlflow({ attributes }: RawSpan): Told {
  const read = decoded(attributes);
  const tokens = read['mlflow.chat.tokenUsage'];
  const counts: JsonObject = isRecord(tokens) ? tokens : {};
  const kind = KINDS[text(read, 'mlflow.spanType')?.toUpperCase() ?? ''];
  const [inputs, outputs] = [read['mlflow.spanInputs'], read['mlflow.spanOutputs']];
  return {
    kind,
    inputs: kind === 'model' ? conversation(inputs) : inputs,
    outputs: kind === 'model' ? answer(outputs) : outputs,
    usage: usage(number(counts, 'input_tokens'), number(counts, 'output_tokens')),
    session: text(read, 'mlflow.trace.session'),
  };
}

const KEYS = [
  'mlflow.spanType',
  'mlflow.spanInputs',
  'mlflow.spanOutputs',
  'mlflow.chat.tokenUsage',
  'mlflow.trace.session',
];

/** Its own attributes with their JSON read; texts that other tools write there without quotes stay. */
const decoded = (attributes: JsonObject): JsonObject =>
  Object.fromEntries(
    KEYS.flatMap((key) => {
      const value: Json | undefined = attributes[key];
      return value === undefined ? [] : [[key, typeof value === 'string' ? parsed(value) : value]];
    }),
  );
