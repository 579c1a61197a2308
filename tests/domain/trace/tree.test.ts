import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Span } from '../../../contracts/trace.ts';
import { lineOf, outlineOf } from '../../../contracts/trace-outline.ts';
import { treeOf } from '../../../domain/trace/tree.ts';
import { read } from './otlp-json.ts';

const SPAN = read({});
const span = (id: string, parent: string | null, changes: Partial<Span> = {}): Span => ({
  ...SPAN,
  id,
  parent,
  start: 10,
  end: 20,
  ...changes,
});
const used = (inputTokens: number) => ({ usage: { inputTokens, outputTokens: 1 } });
const shape = (spans: readonly Span[]) =>
  treeOf(spans).map(({ span: { id }, depth }) => `${' '.repeat(depth)}${id}`);

test('spans stand under their parents by start, and one without a known parent at the top', () => {
  const spans = [
    span('late', 'root', { start: 30 }),
    span('orphan', 'gone', { start: 5 }),
    span('inner', 'early'),
    span('early', 'root', { start: 11 }),
    span('root', null),
  ];
  assert.deepEqual(shape(spans), ['orphan', 'root', ' early', '  inner', ' late']);
});

test('of a cycle every span is there once, below its earliest', () => {
  const spans = [span('a', 'b', { start: 2 }), span('b', 'c', { start: 1 }), span('c', 'a')];
  assert.deepEqual(shape([...spans, span('self', 'self', { start: 9 })]), [
    'b',
    ' a',
    '  c',
    'self',
  ]);
});

test('a chain of 100,000 spans is no harm', () => {
  const chain = Array.from({ length: 100_000 }, (_, n) =>
    span(`s${n}`, n === 0 ? null : `s${n - 1}`, { usage: { inputTokens: 1, outputTokens: 1 } }),
  );
  assert.equal(treeOf(chain).at(-1)?.depth, 99_999);
  assert.equal(outlineOf(chain.map((each) => lineOf(each))).inputTokens, 1);
});

test('tokens that agents repeat from the calls below them count once', () => {
  const spans = [
    span('root', null, used(70)),
    span('wrapper', 'root', used(30)),
    span('between', 'wrapper'),
    span('call', 'between', used(30)),
    span('other', 'root', used(40)),
  ];
  const outline = outlineOf(spans.map((each) => lineOf(each)));
  assert.deepEqual([outline.inputTokens, outline.outputTokens], [70, 2]);
  const cycle = [span('a', 'b', used(5)), span('b', 'a', used(6))];
  assert.equal(outlineOf(cycle.map((each) => lineOf(each))).inputTokens, 11);
});

test('a trace takes inputs and outputs of its root, else of what spoke first and last', () => {
  const spans = [
    span('root', null, { kind: 'other' }),
    span('tool', 'root', { kind: 'tool', start: 11, inputs: 'arguments', outputs: 'result' }),
    span('first', 'root', { kind: 'model', start: 12, end: 13, inputs: 'question', outputs: 'x' }),
    span('last', 'root', { kind: 'model', start: 14, end: 19, inputs: 'y', outputs: 'answer' }),
  ];
  const outline = outlineOf(spans.map((each) => lineOf(each)));
  assert.deepEqual([outline.inputsOf, outline.outputsOf], ['first', 'last']);
  const told = spans.map((each) => lineOf(each.id === 'root' ? { ...each, inputs: 'hi' } : each));
  assert.equal(outlineOf(told).inputsOf, 'root');
});
