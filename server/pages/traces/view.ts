import { html } from 'hono/html';
import type { Span, StoredTrace, Tags } from '../../../contracts/trace.ts';
import { treeOf } from '../../../domain/trace/tree.ts';
import { timeBar } from '../ui/bar.ts';
import { took, tokens } from '../ui/figures.ts';
import type { Html } from '../ui/page.ts';
import { badge, dataTable, facts, moment, plain } from '../ui/parts.ts';

const DEEPEST = 20;

/** A trace as a tree with a bar of time for each span; what a span read and wrote opens below. */
export function traceView(trace: StoredTrace): Html {
  const rows = treeOf(trace.spans);
  const from = Math.min(...trace.spans.map(({ start }) => start));
  const to = Math.max(...trace.spans.map(({ end }) => end));
  return html`<h1>${trace.name || 'Trace'}</h1>
    ${facts({
      id: trace.id,
      status: statusBadge(trace.status),
      start: timeText(trace.start),
      time: trace.latencyMs === null ? 'unknown' : took(trace.latencyMs),
      tokens: tokens(trace.inputTokens, trace.outputTokens) || 'unknown',
      conversation: trace.session ?? 'none',
      run: trace.run ?? 'received',
      tags: tagsText(trace.tags) || 'none',
    })}
    <div class="columns">
      <section class="card">
        <h2>Inputs</h2>
        ${plain(trace.inputs)}
      </section>
      <section class="card">
        <h2>Outputs</h2>
        ${plain(trace.outputs)}
      </section>
    </div>
    <h2>Spans</h2>
    ${dataTable({
      caption: 'Spans',
      head: ['span', 'kind', 'when', 'time', 'tokens', 'status'],
      rows: rows.map(({ span, depth }) => [
        html`${'\u2003'.repeat(Math.min(depth, DEEPEST))}${span.name || '(no name)'}`,
        span.kind,
        timeBar({ ...span, from, to, tone: span.status === 'ERROR' ? 'bad' : 'calm' }),
        took(span.end - span.start),
        tokens(span.usage?.inputTokens ?? null, span.usage?.outputTokens ?? null),
        html`${statusBadge(span.status)} ${span.message ?? ''}`,
      ]),
      empty: 'No span has arrived yet.',
    })}
    ${rows.length === 0 ? '' : html`<h2>What the spans hold</h2>`}
    ${rows.map(({ span }) => spanDetails(span))}`;
}

const spanDetails = (span: Span): Html =>
  html`<details class="card">
    <summary>${span.name || '(no name)'} (${span.kind})</summary>
    ${plain({ inputs: span.inputs, outputs: span.outputs, attributes: span.attributes })}
  </details>`;

const statusBadge = (status: 'OK' | 'ERROR'): Html =>
  badge(status, status === 'ERROR' ? 'bad' : 'good');

/** Tags as they are written, by name. */
export const tagsText = (tags: Tags): string =>
  Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join(', ');

/** A time of a trace; what no calendar holds is told as it is. */
export function timeText(ms: number): Html | string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? `${ms} ms after 1970` : moment(date.toISOString());
}
