import { practiceModel } from '../../../bench/practice-model.ts';
import { answerAlign, stepAlign } from '../../../activities/align.ts';
import { prepareAlign } from '../../../activities/alignment.ts';
import type { ActivityDeps } from '../../../activities/deps.ts';
import {
  type Adopted,
  finishAlign,
  keepBaseJudge,
  reportAlign,
} from '../../../activities/judge-report.ts';
import { judgeRollouts } from '../../../activities/judging.ts';
import { registerAlignment, type AlignFlags } from '../../../client/judge/register.ts';
import type { Example } from '../../../contracts/example.ts';
import type { Json, JsonObject } from '../../../contracts/json.ts';
import type { JudgeDefinition } from '../../../contracts/judge.ts';
import type { LabelLine } from '../../../contracts/label.ts';
import type { CompletionRequest, Model } from '../../../contracts/model.ts';
import type { JudgeReport } from '../../../contracts/report.ts';
import type { Db } from '../../../db/connect.ts';
import { type Cycle, getCycle } from '../../../db/cycles.ts';
import { createJudgeVersion } from '../../../db/judges.ts';
import { recordLabels } from '../../../db/labels.ts';
import { pieces } from '../../../domain/align/batches.ts';
import { answerFault } from '../../../domain/label/answer-fault.ts';
import { example, importRows } from '../../db/fixture.ts';
import { depsOver } from '../deps.ts';

export type Case = {
  readonly id: string;
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

async function plant(db: Db, project: string, { definition, cases }: World): Promise<void> {
  const rows = cases.map(({ id, part = 'align-labels', inputs, outputs, expectations }): Example =>
    example(id, {
      ...(inputs && { inputs }),
      outputs: outputs ?? { answer: `answer ${id}` },
      ...(expectations && { expectations }),
      tags: { part },
    }),
  );
  await importRows(db, rows, { project });
  await createJudgeVersion(db, { project, definition });
  const lines = cases.flatMap(({ id, labels }) =>
    labels.map((label): LabelLine => ({ row_id: id, name: definition.name, ...label })),
  );
  await recordLabels(db, { project, lines, now: 0, faultOf: answerFault });
}

async function run(deps: ActivityDeps, ref: Cycle): Promise<Adopted> {
  const { signal } = new AbortController();
  const { engines } = await prepareAlign(deps, ref);
  for (const engine of engines)
    for (let turn = 0; ; turn += 1) {
      const step = await stepAlign(deps, { ref, engine, turn });
      if (step.failed !== null) return keepBaseJudge(deps, { ref, reason: step.failed });
      if (step.done) break;
      for (const asks of pieces(step.asks, LANES))
        await Promise.all(asks.map((ask) => answerAlign(deps, { ref, engine, turn, ask }, signal)));
    }
  const { runs } = await finishAlign(deps, ref);
  for (const { run: name, total } of runs)
    await judgeRollouts(deps, { project: ref.project, run: name, from: 0, to: total }, signal);
  return reportAlign(deps, ref);
}

function listening(model: Model, asked: Asked[], reply: World['reply']): Model {
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
