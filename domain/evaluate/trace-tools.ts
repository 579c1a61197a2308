import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts';
import { spanKind, type Span, type Trace } from '../../contracts/trace.ts';
import { shortenText } from './shorten.ts';
import { spanHead } from './trace-view.ts';

/** Spans on one page of a list, hits of one search, and characters of a span that are read at once. */
const PAGE = 50;
const MOST_HITS = 20;
const READ = 3_000;
const EXCERPT = 160;

const text = (description: string): JsonObject => ({ type: 'string', description });
const offset: JsonObject = { type: 'integer', description: 'where to go on; default 0' };

const tool = (
  name: string,
  description: string,
  properties: JsonObject,
  required: readonly string[],
) => ({
  type: 'function',
  function: {
    name,
    description,
    parameters: { type: 'object', properties, required, additionalProperties: false },
  },
});

/** The tools with which a judge reads a trace, in the form of chat requests. */
export const TRACE_TOOLS: readonly JsonObject[] = [
  tool(
    'list_spans',
    `Lists spans in order, ${PAGE} at a time: id, parent, kind, name, status, milliseconds.`,
    { offset, kind: { type: 'string', enum: spanKind.options, description: 'only of this kind' } },
    [],
  ),
  tool(
    'read_span',
    `Reads one span: message, inputs and outputs as text, ${READ} characters at a time.`,
    { id: text('id of the span'), offset },
    ['id'],
  ),
  tool(
    'search',
    `Finds spans whose name, message, inputs or outputs hold a text, without regard to case; the first ${MOST_HITS}.`,
    { text: text('what to look for') },
    ['text'],
  ),
];

/** What a tool answers, and the spans it speaks of. */
export type ToolAnswer = { readonly result: JsonObject; readonly spans: readonly string[] };

/** Carries out a tool call on a trace. A call that makes no sense is answered with `error`, never thrown. */
export function readTrace(trace: Trace, name: string, given: Json): ToolAnswer {
  const args = isJsonObject(given) ? given : {};
  switch (name) {
    case 'list_spans':
      return listSpans(trace, args);
    case 'read_span':
      return readSpan(trace, args);
    case 'search':
      return search(trace, args);
    default:
      return refused(`there is no tool \`${name}\`; use list_spans, read_span or search`);
  }
}

const refused = (error: string): ToolAnswer => ({ result: { error }, spans: [] });

const offsetOf = (args: JsonObject): number =>
  typeof args['offset'] === 'number' && args['offset'] > 0 ? Math.floor(args['offset']) : 0;

function listSpans({ spans }: Trace, args: JsonObject): ToolAnswer {
  const kind = args['kind'];
  const own = typeof kind === 'string' ? spans.filter((span) => span.kind === kind) : spans;
  const from = offsetOf(args);
  const page = own.slice(from, from + PAGE);
  const next = from + page.length;
  return {
    result: { total: own.length, spans: page.map(spanHead), ...(next < own.length && { next }) },
    spans: page.map(({ id }) => id),
  };
}

function readSpan({ spans }: Trace, args: JsonObject): ToolAnswer {
  const span = spans.find(({ id }) => id === args['id']);
  if (span === undefined) return refused(`there is no span ${JSON.stringify(args['id'] ?? null)}`);
  const whole = contentOf(span);
  const from = offsetOf(args);
  const next = from + READ;
  return {
    result: {
      ...spanHead(span),
      content: whole.slice(from, next),
      characters: whole.length,
      ...(next < whole.length && { next }),
    },
    spans: [span.id],
  };
}

function search({ spans }: Trace, args: JsonObject): ToolAnswer {
  const wanted = typeof args['text'] === 'string' ? args['text'].trim().toLowerCase() : '';
  if (wanted === '') return refused('give `text`: what to look for');
  const hits = spans.flatMap((span) => {
    const whole = `${span.name}\n${contentOf(span)}`;
    const at = whole.toLowerCase().indexOf(wanted);
    return at < 0 ? [] : [{ span, excerpt: excerptOf(whole, at) }];
  });
  const shown = hits.slice(0, MOST_HITS);
  return {
    result: {
      total: hits.length,
      spans: shown.map(({ span, excerpt }) => ({ ...spanHead(span), excerpt })),
    },
    spans: shown.map(({ span }) => span.id),
  };
}

const contentOf = ({ message, inputs, outputs }: Span): string =>
  JSON.stringify({ ...(message === null ? {} : { message }), inputs, outputs });

function excerptOf(whole: string, at: number): string {
  const start = Math.max(0, at - EXCERPT / 2);
  return shortenText(whole.slice(start), EXCERPT);
}
