import type { Json, JsonObject } from '../contracts/json.ts';
import type { CycleSpec } from '../contracts/spec.ts';
import type { Span } from '../contracts/trace.ts';
import * as cycles from '../db/cycles.ts';
import * as engine from '../db/engine.ts';
import * as runs from '../db/runs.ts';
import { getTexts, putTexts } from '../db/texts.ts';
import { getTraces } from '../db/traces.ts';
import type { OptimizeAsk, ReflectAnswer, ReflectAsk } from '../domain/optimize/ask.ts';
import {
  checkProposal,
  extractProposal,
  reflectionPrompt,
  reflectiveRecord,
  type ReflectiveRecord,
} from '../domain/optimize/reflect.ts';
import type { Remark } from '../domain/optimize/records.ts';
import { fieldsUsed } from '../domain/evaluate/judge-fields.ts';
import { measured } from '../domain/evaluate/aggregate.ts';
import { alignmentOf } from './alignment.ts';
import { type ActivityDeps, type CycleRef, optimizeRun, prefixOf } from './deps.ts';
import { itemsOf, judgeSearchRun } from './judge-search.ts';
import { scoredRow } from './measure.ts';
import { endsTheRun, isInfrastructure } from './model-faults.ts';
import { remarksOn } from './remarks.ts';
import { repliesOf } from './steps.ts';

/** Tokens of a reflection prompt; records beyond it are cut evenly. */
const TOKENS = 24_000;

type Asked = {
  readonly ref: CycleRef;
  readonly turn: number;
  readonly asks: readonly string[];
  /** The engine of an alignment whose judge is rewritten; absent: the prompts of the agent are. */
  readonly engine?: string;
};
type Job = {
  readonly deps: ActivityDeps;
  readonly ref: CycleRef;
  readonly spec: CycleSpec;
  readonly ask: ReflectAsk;
  /** Name of the search's run. */
  readonly run: string;
  /** What the rollout of a row was about, where its inputs alone do not say. */
  readonly subjectOf: (row: runs.ResultRow) => JsonObject;
  readonly signal: AbortSignal;
};

/** Answers the reflect asks of a turn, all at once; an answer that is stored is not asked for again. */
export async function reflect(
  deps: ActivityDeps,
  asked: Asked,
  signal: AbortSignal,
): Promise<void> {
  const { ref, turn } = asked;
  const run =
    asked.engine === undefined ? optimizeRun(ref) : judgeSearchRun({ ref, engine: asked.engine });
  const key = { project: ref.project, run };
  const [asks, answered, { spec }, subjectOf] = await Promise.all([
    engine.getAsks(deps.db, { ...key, turn }),
    repliesOf(deps.db, { ...key, asks: asked.asks }),
    cycles.getCycle(deps.db, ref),
    subjects(deps, asked),
  ]);
  const open = (asks as unknown as readonly OptimizeAsk[]).filter(
    (ask): ask is ReflectAsk => ask.kind === 'reflect' && answered[ask.id] === undefined,
  );
  await Promise.all(
    open.map(async (ask) => {
      const answer = await answerOf({ deps, ref, spec, ask, run, subjectOf, signal });
      const reply = { ok: answer as unknown as Json };
      await engine.saveReply(deps.db, { ...key, ask: ask.id, reply });
    }),
  );
}

/** An agent answers inputs; a candidate judge was shown all that its instructions use. */
async function subjects(
  deps: ActivityDeps,
  { ref, engine: name }: Asked,
): Promise<Job['subjectOf']> {
  if (name === undefined) return (row) => row.content.inputs;
  const alignment = await alignmentOf(deps, ref);
  const items = itemsOf(alignment, name);
  return ({ example }) => {
    const { fields } = items.get(example)!.item;
    return fieldsUsed(alignment.definition.instructions, fields);
  };
}

async function answerOf(job: Job): Promise<ReflectAnswer> {
  const { deps, ref, spec, ask } = job;
  const { project } = ref;
  const hash = ask.components[ask.component]!;
  const [{ [hash]: current = '' }, { records, examples }] = await Promise.all([
    getTexts(deps.db, { project, hashes: [hash] }),
    recordsOf(job),
  ]);
  if (spec.optimize.reflection === 'unchanged') return { textHash: hash, length: current.length };
  const proposed = await propose(job, { current, records });
  if (typeof proposed !== 'string') return proposed;
  const violation = checkProposal({
    text: proposed,
    current,
    examples,
    maxLength: spec.optimize.maxLength,
  });
  if (violation !== null) return { violation };
  const [textHash] = await putTexts(deps.db, { project, texts: [proposed] });
  return { textHash: textHash!, length: proposed.length };
}

async function propose(
  { deps, ref, spec, ask, run, signal }: Job,
  of: { readonly current: string; readonly records: readonly ReflectiveRecord[] },
): Promise<string | ReflectAnswer> {
  const prompt = reflectionPrompt({
    ...of,
    tokenBudget: TOKENS,
    ...(ask.complaint === undefined ? {} : { complaint: ask.complaint }),
  });
  try {
    const completion = await deps.model.complete(
      {
        model: spec.models.reflection ?? deps.models.reflection,
        messages: [{ role: 'user', content: prompt }],
      },
      {
        purpose: 'reflect',
        draw: `reflect|${run}|${ask.proposal}|${ask.attempt}`,
        project: ref.project,
        cycle: prefixOf(ref),
        signal,
      },
    );
    return extractProposal(completion.text);
  } catch (error) {
    if (isInfrastructure(error) || endsTheRun(error) || signal.aborted) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    return { violation: { kind: 'no-reply', detail } };
  }
}

async function recordsOf({ deps, ref, ask, run, subjectOf }: Job): Promise<{
  readonly records: readonly ReflectiveRecord[];
  readonly examples: readonly string[];
}> {
  const at = { project: ref.project, run };
  const arms = [ask.candidate];
  const rollouts = { ...at, arms, examples: ask.exampleIds };
  const [rows, remarks] = await Promise.all([
    runs.loadResults(deps.db, rollouts),
    remarksOn(deps.db, rollouts),
  ]);
  const traces = await getTraces(deps.db, {
    project: ref.project,
    ids: rows.flatMap((row) => row.traceId ?? []),
  });
  const spans = new Map(traces.map((trace) => [trace.id, trace.spans]));
  const byExample = new Map(rows.map((row) => [row.example, row]));
  const found = ask.exampleIds.flatMap((id) => byExample.get(id) ?? []);
  return {
    records: found.map((row) =>
      recordOf(row, {
        inputs: subjectOf(row),
        remarks: remarks.get(row.example) ?? [],
        spans: spans.get(row.traceId ?? '') ?? [],
      }),
    ),
    examples: found.map((row) => JSON.stringify([subjectOf(row), row.outputs])),
  };
}

function recordOf(
  row: runs.ResultRow,
  beside: {
    readonly inputs: JsonObject;
    readonly remarks: readonly Remark[];
    readonly spans: readonly Span[];
  },
): ReflectiveRecord {
  const found = measured(scoredRow(row));
  return reflectiveRecord({
    ...beside,
    outputs: row.outputs ?? { error: row.error?.message ?? 'no output' },
    expectations: row.content.expectations ?? null,
    rationale: row.rationale ?? row.error?.message ?? null,
    score: found.kind === 'score' ? found.score : 0,
  });
}
