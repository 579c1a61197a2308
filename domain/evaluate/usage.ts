import type { JsonObject } from '../../contracts/json.ts';
import type { UsageScorer } from '../../contracts/scorer.ts';
import type { Span, Trace } from '../../contracts/trace.ts';

/** How one tool was dealt with. `unneeded`: not required and not used, which is right and counts nowhere. */
export type UsageClass = 'correct' | 'incorrect' | 'failed' | 'missing' | 'unneeded';

/** What the spans say of one tool. */
export type ToolRecord = {
  readonly tool: string;
  readonly calls: number;
  /** Calls that worked. */
  readonly worked: number;
  /** Ids of its spans, the first 20. */
  readonly spans: readonly string[];
};

const MOST_SPANS = 20;

/** Calls of tools (or retrievers) in a trace by name, in the order of names; those named by the scorer also where unused. */
export function toolRecords({ spans }: Trace, scorer: UsageScorer): readonly ToolRecord[] {
  const kind = scorer.kind === 'tool-usage' ? 'tool' : 'retriever';
  const calls = spans.filter((span) => span.kind === kind);
  const used = Map.groupBy(calls, ({ name }) => name);
  const offered = scorer.tools === undefined ? toolsOffered(spans) : Object.keys(scorer.tools);
  const names = scorer.tools === undefined ? [...offered, ...used.keys()] : offered;
  return [...new Set(names)].sort().map((tool) => {
    const own = used.get(tool) ?? [];
    return {
      tool,
      calls: own.length,
      worked: own.filter((span) => hasWorked(span, scorer)).length,
      spans: own.slice(0, MOST_SPANS).map(({ id }) => id),
    };
  });
}

function hasWorked(span: Span, { success }: UsageScorer): boolean {
  if (success.status && span.status !== 'OK') return false;
  if (success.unless === undefined) return true;
  return !new RegExp(success.unless, 'i').test(JSON.stringify(span.outputs ?? null));
}

/** Names of the tools that model calls of the trace were offered, where a tracer recorded them. */
function toolsOffered(spans: readonly Span[]): readonly string[] {
  return spans
    .filter(({ kind }) => kind === 'model')
    .flatMap(({ attributes }) => {
      const listed = attributes['gen_ai.tool.definitions'];
      return Array.isArray(listed) ? listed.flatMap(nameOfTool) : namesIn(listed);
    });
}

/** Most tracers write the list as JSON text. */
function namesIn(listed: unknown): readonly string[] {
  if (typeof listed !== 'string') return [];
  try {
    const read: unknown = JSON.parse(listed);
    return Array.isArray(read) ? read.flatMap(nameOfTool) : [];
  } catch {
    return [];
  }
}

function nameOfTool(tool: unknown): string[] {
  if (tool === null || typeof tool !== 'object') return [];
  const { name, function: inner } = tool as { name?: unknown; function?: { name?: unknown } };
  const found = name ?? inner?.name;
  return typeof found === 'string' ? [found] : [];
}

/** The class of a tool: whether it was required, whether it was used, and how its calls ended. */
export function classOf({ calls, worked }: ToolRecord, required: boolean): UsageClass {
  if (!required) return calls === 0 ? 'unneeded' : 'incorrect';
  if (calls === 0) return 'missing';
  return worked > 0 ? 'correct' : 'failed';
}

export type UsageResult = {
  /** Mistakes that count. */
  readonly value: number;
  /** 1 while no more than the tolerated mistakes were made, else the share of tools dealt with rightly. */
  readonly score: number;
  readonly rationale: string;
  readonly classes: Readonly<Record<string, UsageClass>>;
};

/** Counts the mistakes of a trace, given which tools were required. */
export function scoreUsage(
  records: readonly ToolRecord[],
  required: ReadonlySet<string>,
  { mistakes, tolerated }: UsageScorer,
): UsageResult {
  const classes = Object.fromEntries(
    records.map((record) => [record.tool, classOf(record, required.has(record.tool))]),
  );
  const concerned = Object.entries(classes).filter(([, found]) => found !== 'unneeded');
  const wrong = concerned.filter(([, found]) => mistakes.some((mistake) => mistake === found));
  const value = wrong.length;
  const score = value <= tolerated ? 1 : (concerned.length - value) / concerned.length;
  const said = concerned.map(([tool, found]) => `${tool} ${found}`).join(', ');
  return { value, score, classes, rationale: said === '' ? 'no tool was needed or used' : said };
}

/** What a judge is told of each tool: its purpose, never what became of its calls. */
export const toolsShown = (
  records: readonly ToolRecord[],
  { tools }: UsageScorer,
): readonly JsonObject[] =>
  records.map(({ tool }) => ({
    name: tool,
    ...(tools?.[tool] === undefined || tools[tool] === '' ? {} : { purpose: tools[tool] }),
  }));
