import type { Context } from 'hono';
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { TraceSummary } from '../../../contracts/trace.ts';
import type { TraceFilter } from '../../../contracts/trace-filter.ts';
import { searchTraces, type TracePlace } from '../../../db/traces/search.ts';
import { getTrace } from '../../../db/traces/traces.ts';
import { FilterError } from '../../../domain/filter-tokens.ts';
import { parseFilter } from '../../../domain/trace/filter.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { filterForm } from '../ui/filter-form.ts';
import { took, tokens } from '../ui/figures.ts';
import { type Html, show } from '../ui/page.ts';
import { badge, dataTable, segment } from '../ui/parts.ts';
import { choicePart } from './choice.ts';
import { traceSession } from './session.ts';
import { tagsText, timeText, traceView } from './view.ts';

const PAGE = 50;
const HELP =
  'status, start, latency_ms, tokens, spans, id, name, session, run, tool, error, text, tag.<name>, judge.<name>, label.<name>; for example: status = ERROR and latency_ms > 5000 and start > -7d';

const FEEDBACK = html`<a href="/traces?q=label.thumbs+%3D+false&chosen=all"
  >With negative feedback</a
>`;

/** /traces?q=...: search, newest first, and a choice for a label session; /traces/:id: one as a tree. Traces of gates are sealed. */
export function tracesPage(deps: AppDeps): Hono<ConsoleEnv> {
  const { db, project } = deps;
  const page = new Hono<ConsoleEnv>();
  page.get('/', async (context) => {
    const text = context.req.query('q')?.trim() ?? '';
    const { filter, fault } = read(text);
    if (fault !== null) context.status(400);
    const found =
      fault !== null
        ? { traces: [], next: null }
        : await searchTraces(db, { project, filter, limit: PAGE, after: placeOf(context) });
    return show(context, {
      title: 'Traces',
      styles: ['choice.css'],
      body: html`<h1>Traces</h1>
        ${filterForm({ text, fault, help: HELP, more: FEEDBACK })}
        ${
          found.traces.length === 0
            ? html`<p class="empty">No trace matches.</p>`
            : await choicePart(deps, context, {
                text,
                further: found.next !== null,
                list: listOf(found.traces, context.req.query('chosen') === 'all'),
              })
        }
        ${found.next === null ? '' : nextLink(text, found.next)}`,
    });
  });
  page.post('/session', (context) => traceSession(deps, context));
  page.get('/:id', async (context) => {
    const trace = await getTrace(db, { project, id: context.req.param('id') });
    return show(context, { title: trace.id, body: traceView(trace) });
  });
  return page;
}

function read(text: string): {
  readonly filter: TraceFilter | null;
  readonly fault: string | null;
} {
  if (text === '') return { filter: null, fault: null };
  try {
    return { filter: parseFilter(text, { now: Date.now() }), fault: null };
  } catch (error) {
    if (error instanceof FilterError) return { filter: null, fault: error.message };
    throw error;
  }
}

function placeOf(context: Context): TracePlace | null {
  const [start, id] = [Number(context.req.query('start') ?? 'none'), context.req.query('id')];
  return Number.isFinite(start) && id !== undefined ? { start, id } : null;
}

const nextLink = (text: string, { start, id }: TracePlace): Html =>
  html`<p>
    <a href="/traces?q=${segment(text)}&start=${start}&id=${segment(id)}">Earlier traces</a>
  </p>`;

const listOf = (traces: readonly TraceSummary[], chosen: boolean): Html =>
  dataTable({
    caption: 'Traces',
    head: ['choose', 'trace', 'status', 'start', 'time', 'tokens', 'spans', 'inputs', 'tags'],
    rows: traces.map((row) => [
      html`<input
        type="checkbox"
        name="trace"
        value="${row.id}"
        aria-label="Choose trace ${row.id.slice(0, 16)}"
        ${chosen ? html`checked` : ''}
      />`,
      html`<a href="/traces/${segment(row.id)}">${row.name || row.id.slice(0, 16)}</a>`,
      badge(row.status, row.status === 'ERROR' ? 'bad' : 'good'),
      timeText(row.start),
      row.latencyMs === null ? '' : took(row.latencyMs),
      tokens(row.inputTokens, row.outputTokens),
      row.spans,
      row.preview.inputs.slice(0, 120),
      tagsText(row.tags),
    ]),
  });
