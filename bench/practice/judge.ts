import { hashJson } from '../../contracts/hash.ts';
import type { JudgeDefinition, JudgeMemory } from '../../contracts/judge.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { Model } from '../../contracts/model.ts';
import type { Value } from '../../contracts/value.ts';
import { renderConsolidateRequest } from '../../domain/align/consolidate-prompt.ts';
import { exampleBudget } from '../../domain/align/batches.ts';
import { renderDistillRequest } from '../../domain/align/distill-prompt.ts';
import { embeddingText } from '../../domain/align/embedding-text.ts';
import { resumeAlignment, startAlignment } from '../../domain/align/memalign.ts';
import type { AlignAsk } from '../../domain/align/memalign-state.ts';
import { buildMemory } from '../../domain/align/memory.ts';
import { type Prepared, prepareMemory, shownFor } from '../../domain/align/retrieval.ts';
import { buildSnapshots, type LabelledItem } from '../../domain/align/snapshot.ts';
import { renderJudgeRequest } from '../../domain/evaluate/judge-prompt.ts';
import { readVerdict } from '../../domain/evaluate/judge-reply.ts';
import type { Reply } from '../../domain/engine.ts';
import { embedLocally, LOCAL_EMBEDDER } from '../../llm/embedder.ts';
import type { Row, Task } from './task.ts';

export type Verdict = { readonly value: boolean; readonly rationale: string };
export type Judge = (row: Row, outputs: JsonObject) => Promise<Verdict>;

const INPUT_LIMIT = 100_000;
const context = { project: 'bench', cycle: 'practice' };

/** A judge over the practice model, with memory or without. */
export function judgeOf(
  task: Pick<Task, 'judge'>,
  { model, memory }: { readonly model: Model; readonly memory: JudgeMemory | null },
): Judge {
  const verdict = verdictOn(task.judge, { model, memory });
  return async ({ inputs }, outputs) => (await verdict({ inputs, outputs })) as Verdict;
}

/** Verdicts on any case of a judge. */
export function verdictOn(
  definition: JudgeDefinition,
  { model, memory }: { readonly model: Model; readonly memory: JudgeMemory | null },
): (fields: JsonObject) => Promise<{ readonly value: Value; readonly rationale: string }> {
  const prepared = memory === null ? null : prepareMemory(memory);
  return async (fields) => {
    const { guidelines, examples } =
      prepared === null ? { guidelines: [], examples: [] } : shown(prepared, fields);
    const request = renderJudgeRequest({
      definition,
      model: 'practice-judge',
      guidelines,
      examples,
      fields,
    });
    const draw = `judge/${hashJson(fields)}`;
    const { value } = await model.structured(
      request,
      { ...context, purpose: 'judge', draw },
      (json) => readVerdict(json, definition),
    );
    return value;
  };
}

const shown = (prepared: Prepared, fields: JsonObject) =>
  shownFor(prepared, embedLocally(embeddingText(fields)));

/** Labels of the scripted reviewers: each compares the output with what it says itself. */
export const labelled = (row: Row, outputs: JsonObject): LabelledItem => ({
  example: row.id,
  outputHash: hashJson(outputs),
  conversation: row.conversation,
  fields: { inputs: row.inputs, outputs },
  labels: Object.entries(row.reviews).map(([rater, { route, reason }]) => ({
    rater,
    value: route === Object.values(outputs)[0],
    rationale: reason,
    example: row.id,
    outputHash: hashJson(outputs),
    createdAt: '2026-01-01T00:00:00Z',
  })),
});

/** MemAlign over labelled items: memory of a judge version. Throws when alignment fails. */
export async function align(
  task: Pick<Task, 'judge'>,
  { items, model }: { readonly items: readonly LabelledItem[]; readonly model: Model },
): Promise<JudgeMemory> {
  const { snapshots } = buildSnapshots(task.judge, items);
  const byId = new Map(snapshots.map((snapshot) => [snapshot.id, snapshot]));
  const policy = { guidelines: 20, shown: 5 };
  let turn = startAlignment({ snapshots, policy, reflectionInputLimitTokens: INPUT_LIMIT });
  while (turn.kind === 'ask') {
    const replies = await Promise.all(
      turn.asks.map(async (ask) => [ask.id, await answer(ask)] as const),
    );
    turn = resumeAlignment(turn.state, Object.fromEntries(replies));
  }
  if (turn.result.kind === 'failed') throw new Error(`alignment failed: ${turn.result.reason}`);
  return buildMemory({
    guidelines: turn.result.kind === 'aligned' ? turn.result.guidelines : [],
    snapshots,
    vectors: new Map(snapshots.map(({ id, fields }) => [id, embedLocally(embeddingText(fields))])),
    embeddingModel: LOCAL_EMBEDDER,
    shown: policy.shown,
  });

  async function answer(ask: AlignAsk): Promise<Reply> {
    if (ask.kind === 'embed') return { ok: null };
    const request =
      ask.kind === 'consolidate'
        ? renderConsolidateRequest({
            model: 'practice-reflector',
            rules: ask.rules,
            most: ask.most,
          })
        : renderDistillRequest({
            definition: task.judge,
            model: 'practice-reflector',
            snapshots: ask.snapshots.map((id) => byId.get(id)!),
            exampleTokens: exampleBudget(INPUT_LIMIT),
          });
    const { value } = await model.structured(
      request,
      { ...context, purpose: 'distill', draw: ask.id },
      (json) => json,
    );
    return { ok: value };
  }
}
