import type { Json } from '../../contracts/json.ts';
import type { Span, StoredTrace, Tags } from '../../contracts/trace.ts';
import { took } from '../../domain/figures.ts';
import { treeOf } from '../../domain/trace/tree.ts';
import { bold, cyan, dim, green, red, visible, yellow } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { when } from './times.ts';

export type Showing = { readonly full?: boolean };

const PREVIEW = 240;

/** A trace as a tree: of each span its kind, name, tokens, time, and when it began after the trace. */
export function traceText(trace: StoredTrace, { full = false }: Showing): string {
  const rows = treeOf(trace.spans).map(({ span, depth }) => [
    `${'  '.repeat(Math.min(depth, 20))}${colour(span)(visible(span.name) || '(no name)')}`,
    dim(span.kind),
    span.status === 'ERROR' ? red('ERROR') : green('OK'),
    took(span.end - span.start),
    dim(offset(span.start - trace.start)),
    tokens(span.usage?.inputTokens ?? null, span.usage?.outputTokens ?? null),
    visible(span.message ?? '').split('\n')[0] ?? '',
  ]);
  const tree = table(['span', 'kind', 'status', 'time', 'from', 'tokens', 'error'], rows);
  return [
    heading(trace),
    `inputs   ${content(trace.inputs, full)}`,
    `outputs  ${content(trace.outputs, full)}`,
    '',
    rows.length === 0 ? dim('no span has arrived yet') : tree,
    ...remarksOf(trace.spans),
    ...(full ? trace.spans.map(spanText) : []),
  ].join('\n');
}

function heading(trace: StoredTrace): string {
  const tags = tagTexts(trace.tags);
  const all = [
    bold(trace.id),
    trace.status === 'ERROR' ? red('ERROR') : green('OK'),
    when(trace.start),
    trace.latencyMs === null ? '' : took(trace.latencyMs),
    tokens(trace.inputTokens, trace.outputTokens),
  ].filter((part) => part !== '');
  return [
    all.join('  '),
    ...(trace.session === null ? [] : [`session  ${visible(trace.session)}`]),
    ...(trace.run === null ? [] : [`run      ${trace.run}`]),
    ...(tags.length === 0 ? [] : [`tags     ${visible(tags.join(', '))}`]),
  ].join('\n');
}

function spanText(span: Span): string {
  return [
    '',
    `${bold(visible(span.name))} ${dim(span.id)}`,
    `inputs   ${content(span.inputs, true)}`,
    `outputs  ${content(span.outputs, true)}`,
    ...Object.entries(span.attributes).map(([key, value]) =>
      dim(`  ${visible(key)} = ${content(value, false)}`),
    ),
  ].join('\n');
}

const remarksOf = (spans: readonly Span[]): readonly string[] =>
  spans.flatMap(({ id, origin }) =>
    (origin?.remarks ?? []).map((text) => yellow(`remark: span ${id}: ${visible(text)}`)),
  );

const colour = ({ kind, status }: Span): ((text: string) => string) => {
  if (status === 'ERROR') return red;
  return kind === 'agent' ? bold : kind === 'tool' ? cyan : (text) => text;
};

const offset = (ms: number): string => `${ms < 0 ? '-' : '+'}${took(Math.abs(ms))}`;

/** Tokens in and out, such as `1,204 > 80`. */
export const tokens = (input: number | null, output: number | null): string =>
  input === null && output === null
    ? ''
    : `${(input ?? 0).toLocaleString('en')} > ${(output ?? 0).toLocaleString('en')}`;

/** Tags as they are written, by name. */
export const tagTexts = (tags: Tags): readonly string[] =>
  Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .sort();

function content(value: Json, full: boolean): string {
  if (value === null) return dim('not recorded');
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, full ? 2 : 0);
  const plain = visible(full ? text : text.replaceAll('\n', ' '));
  return full || plain.length <= PREVIEW ? plain : `${plain.slice(0, PREVIEW)}…`;
}
