import { practiceModel } from '../../../bench/practice/model.ts';
import { answerAlign, stepAlign } from '../../../activities/align/steps.ts';
import { prepareAlign } from '../../../activities/align/prepare.ts';
import type { ActivityDeps } from '../../../activities/deps.ts';
import {
  type Adopted,
  finishAlign,
  keepBaseJudge,
  reportAlign,
} from '../../../activities/align/report.ts';
import { judgeCandidates } from '../../../activities/align/candidates.ts';
import { stepJudgeSearch } from '../../../activities/align/search.ts';
import { judgeRollouts } from '../../../activities/evaluate/judging.ts';
import { reflect } from '../../../activities/optimize/reflect.ts';
import { registerAlignment, type AlignFlags } from '../../../client/judge/register.ts';
import type { Example } from '../../../contracts/example.ts';
import type { Json, JsonObject } from '../../../contracts/json.ts';
import type { JudgeDefinition } from '../../../contracts/judge.ts';
import type { LabelLine } from '../../../contracts/label.ts';
import type { CompletionRequest, Model } from '../../../contracts/model.ts';
import type { JudgeReport } from '../../../contracts/report.ts';
import type { Db } from '../../../db/connect.ts';
import { type Cycle, getCycle } from '../../../db/cycles/cycles.ts';
import { createJudgeVersion } from '../../../db/versions/judges.ts';
import { recordLabels } from '../../../db/labels/labels.ts';
import { pieces } from '../../../domain/align/batches.ts';
import { answerFault } from '../../../domain/label/answer-fault.ts';
import { example, importRows } from '../../db/fixture.ts';
import { depsOver } from '../deps.ts';

export type Case = {
  readonly id: string;
  /** Default one of its own. */
  readonly conversation?: string;
  readonly part?: 'align-labels' | 'judge-test';
  readonly inputs?: JsonObject;
  readonly outputs?: JsonObject;
  readonly expectations?: JsonObject;
  readonly labels: readonly Omit<LabelLine, 'row_id' | 'name'>[];
};

/** What a model is asked, by the name of the reply's schema: `guidelines`, `consolidated` or `verdict`. */
export type Asked = { readonly kind: string; readonly request: CompletionRequest };

export type World = {
  readonly definition: JudgeDefinition;
  readonly cases: readonly Case[];
  readonly flags?: AlignFlags;
  /** Default the built-in one. */
  readonly embedder?: string;
  /** Replies in place of the practice model's, where it answers any. */
  readonly reply?: (asked: Asked) => Json | undefined;
};

export type Aligned = {
  readonly end: Adopted;
  readonly report: JudgeReport;
  readonly cycle: Cycle;
  readonly asked: readonly Asked[];
  readonly deps: ActivityDeps;
};

/** Activities at once, as of a worker. */
const LANES = 16;

let worlds = 0;

/** An alignment on its own through the real client, activities and database, and the practice model; only Temporal is left out. */
export async function alignIn(db: Db, world: World): Promise<Aligned> {
  const project = `align-${(worlds += 1)}`;
  await plant(db, project, world);
  const practice = await practiceModel();
  const asked: Asked[] = [];
  const model = listening(practice.model, asked, world.reply);
  const deps = depsOf(db, model, world.embedder);
  try {
    const flags = world.flags ?? {};
    const cycle = await db
      .transaction()
      .execute((tx) => registerAlignment(tx, { project, judge: world.definition.name, flags }));
    const end = await run(deps, cycle);
    const ended = await getCycle(db, cycle);
    return { end, report: ended.judgeReport!, cycle: ended, asked, deps };
  } finally {
    practice.end();
  }
}

/** The rows of the cases, their judge and their labels. */
export async function plant(db: Db, project: string, world: World): Promise<void> {
  const { definition, cases } = world;
  await importRows(db, cases.map(rowOf), { project });
  await createJudgeVersion(db, { project, definition });
  await labelCases(db, project, world);
}

const rowOf = ({ id, part = 'align-labels', ...row }: Case): Example =>
  example(id, {
    ...(row.conversation !== undefined && { conversation: row.conversation }),
    ...(row.inputs && { inputs: row.inputs }),
    outputs: outputsOf({ id, ...row }),
    ...(row.expectations && { expectations: row.expectations }),
    tags: { part },
  });

export const outputsOf = ({ id, outputs }: Pick<Case, 'id' | 'outputs'>): JsonObject =>
  outputs ?? { answer: `answer ${id}` };

export async function labelCases(
  db: Db,
  project: string,
  { definition, cases }: Pick<World, 'definition' | 'cases'>,
): Promise<void> {
  const lines = cases.flatMap(({ id, labels }) =>
    labels.map((label): LabelLine => ({ row_id: id, name: definition.name, ...label })),
  );
  if (lines.length === 0) return;
  await recordLabels(db, { project, lines, now: 0, faultOf: answerFault });
}

/** The activities of an alignment one after the other; run again, it goes on from what is stored. */
export async function run(deps: ActivityDeps, ref: Cycle): Promise<Adopted> {
  const { signal } = new AbortController();
  const { engines, aligner } = await prepareAlign(deps, ref);
  for (const engine of engines) {
    const at = { ref, engine };
    const failed = await (aligner === 'gepa' ? search(deps, at, signal) : learn(deps, at, signal));
    if (failed !== null) return keepBaseJudge(deps, { ref, reason: failed });
  }
  const { runs } = await finishAlign(deps, ref);
  for (const { run: name, total } of runs)
    await judgeRollouts(deps, { project: ref.project, run: name, from: 0, to: total }, signal);
  return reportAlign(deps, ref);
}

type Engine = { readonly ref: Cycle; readonly engine: string };

/** Why it failed, or null. */
async function learn(deps: ActivityDeps, at: Engine, signal: AbortSignal): Promise<string | null> {
  for (let turn = 0; ; turn += 1) {
    const step = await stepAlign(deps, { ...at, turn });
    if (step.done) return step.failed;
    for (const asks of pieces(step.asks, LANES))
      await Promise.all(asks.map((ask) => answerAlign(deps, { ...at, turn, ask }, signal)));
  }
}

async function search(deps: ActivityDeps, at: Engine, signal: AbortSignal): Promise<null> {
  for (let turn = 0; ; turn += 1) {
    const step = await stepJudgeSearch(deps, { ...at, turn });
    if (step.done) return null;
    await judgeCandidates(deps, { ...at, ...step, project: at.ref.project }, signal);
    await reflect(deps, { ...at, turn, asks: step.reflections }, signal);
  }
}

/** The model, and what it is asked, whether or not the reply is stored. */
export function listening(model: Model, asked: Asked[], reply: World['reply']): Model {
  return {
    ...model,
    async structured(request, context, read) {
      const own = { kind: request.schema?.name ?? '', request };
      asked.push(own);
      const said = reply?.(own);
      if (said === undefined) return model.structured(request, context, read);
      return {
        value: read(said),
        attempts: 1,
        completion: {
          text: JSON.stringify(said),
          toolCalls: [],
          finishReason: 'stop',
          usage: { inputTokens: 1, cachedTokens: 0, outputTokens: 1 },
          price: 0,
          latencyMs: 1,
          fromLedger: false,
        },
      };
    },
  };
}

/** The dependencies of a fresh process. */
export const depsOf = (db: Db, model: Model, embedding = 'local-ngram-512'): ActivityDeps =>
  depsOver(db, {
    model,
    models: {
      agent: 'practice-agent',
      judge: 'practice-judge',
      reflection: 'practice-reflector',
      embedding,
    },
  });
