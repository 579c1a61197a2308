import type { Json, JsonObject } from '../../../contracts/json.ts';
import type { Span, SpanKind, Trace } from '../../../contracts/trace.ts';
import type { Expected, JudgeCase } from './judge.ts';

/** Value, and what is the same in most built-in judges. */
export const PASS_OR_FAIL = {
  value: { type: 'boolean', pass: true },
  notApplicable: true,
  parameters: {},
} as const;

/** A case of one question and one answer. */
export const said = (
  expect: Expected,
  question: string,
  answer: string,
  expectations?: JsonObject,
): JudgeCase => ({
  expect,
  inputs: { question },
  outputs: { answer },
  ...(expectations !== undefined && { expectations }),
});

/** A case of a conversation: what the user said and what was answered, in turn. */
export const talk = (
  expect: Expected,
  ...turns: readonly (readonly [user: string, assistant: string])[]
): JudgeCase => ({
  expect,
  conversation: turns.map(([message, answer]) => ({ inputs: { message }, outputs: { answer } })),
});

/** A step of a trace: a tool or retriever, what it was given and what it brought back. */
export type Step = readonly [kind: SpanKind, name: string, inputs: Json, outputs: Json];

/** A case of one question and one answer with the steps between them. */
export const traced = (
  expect: Expected,
  [question, answer]: readonly [string, string],
  ...steps: readonly Step[]
): JudgeCase => ({ ...said(expect, question, answer), trace: traceOf(steps) });

function traceOf(steps: readonly Step[]): Trace {
  const spans = steps.map(([kind, name, inputs, outputs], at): Span => ({
    id: `s${at + 1}`,
    parent: null,
    name,
    kind,
    start: at * 100,
    end: at * 100 + 100,
    status: 'OK',
    message: null,
    inputs,
    outputs,
    usage: null,
    attributes: {},
  }));
  return { id: 'case', status: 'OK', inputs: null, outputs: null, spans };
}

/** A search in documents. */
export const found = (query: string, ...documents: readonly string[]): Step => [
  'retriever',
  'search',
  { query },
  documents,
];

/** A call of a tool. */
export const called = (name: string, inputs: Json, outputs: Json): Step => [
  'tool',
  name,
  inputs,
  outputs,
];
