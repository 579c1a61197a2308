import type { ActivityDeps, CycleRef } from '../../../activities/deps.ts';
import { planBaseline } from '../../../activities/evaluate/evaluation.ts';
import {
  concludeOptimize,
  finishOptimize,
  stepOptimize,
} from '../../../activities/optimize/optimize.ts';
import { reflect } from '../../../activities/optimize/reflect.ts';
import type { Assessment } from '../../../contracts/assessment.ts';
import type { JsonObject } from '../../../contracts/json.ts';
import type { Completion, CompletionRequest, Model } from '../../../contracts/model.ts';
import { cycleSpec } from '../../../contracts/spec.ts';
import type { Db } from '../../../db/connect.ts';
import { createCycle, getCycle, updateCycle } from '../../../db/cycles/cycles.ts';
import { createJudgeVersion } from '../../../db/versions/judges.ts';
import { listPromptVersions, registerPrompt } from '../../../db/versions/prompts.ts';
import * as runs from '../../../db/runs/runs.ts';
import { DEFINITION, example, importRows } from '../../db/fixture.ts';
import { depsOver } from '../deps.ts';

/** An agent with its judge, and a reflection model, all deterministic. */
export type World = {
  /** The score of an output; `throws`: the agent fails; null: the judge has no answer. */
  readonly score: (text: string, example: string) => number | 'throws' | null;
  readonly propose: (prompt: string, n: number) => string;
  /** How the replies of the reflection model end; `stop` unless given. */
  readonly finishReason?: string;
  readonly prompt?: string;
  readonly budget?: number;
  /** Turn after which the money is spent. */
  readonly spentAfter?: number;
};

export type Searched = {
  readonly project: string;
  readonly finalist: boolean;
  readonly why: string;
  readonly rollouts: number;
  readonly duplicates: number;
  readonly dropped: Readonly<Record<string, number>>;
  readonly candidates: number;
  /** Versions of the prompt after the search. */
  readonly versions: number;
  /** What the reflection model was asked. */
  readonly asked: readonly string[];
};

let worlds = 0;

/** A search of its own through the real activities and a real database; only agent, judge and reflection model are stand-ins. */
export async function searchIn(db: Db, world: World): Promise<Searched> {
  const project = `world-${(worlds += 1)}`;
  const ref = await prepare(db, project, world);
  const asked: string[] = [];
  const deps = depsOf(db, (request) => {
    const prompt = request.messages.map(({ content }) => content).join('\n');
    asked.push(prompt);
    const text = world.propose(prompt, asked.length);
    return { text, finishReason: world.finishReason ?? 'stop' };
  });
  const { run } = await planBaseline(deps, ref);
  await answerAll(db, { project, run }, world);
  for (let turn = 0; ; turn += 1) {
    const step = await stepOptimize(deps, { ref, turn });
    if (step.done) break;
    if (turn === world.spentAfter) {
      await concludeOptimize(deps, { ref, why: 'the money is spent' });
      break;
    }
    await answerAll(db, { project, run }, world);
    const { signal } = new AbortController();
    await reflect(deps, { ref, turn, asks: step.reflections }, signal);
  }
  const { finalist, why } = await finishOptimize(deps, ref);
  const { optimizeReport } = await getCycle(db, ref);
  const versions = await listPromptVersions(db, { project, name: 'router' });
  const arms = Object.keys((await runs.getRun(db, { project, run })).armHashes);
  return {
    project,
    finalist,
    why,
    rollouts: optimizeReport!.rollouts,
    duplicates: optimizeReport!.duplicatePairs,
    dropped: optimizeReport!.dropped,
    candidates: arms.length,
    versions: versions.length,
    asked,
  };
}

async function prepare(db: Db, project: string, world: World): Promise<CycleRef> {
  const rows = (['train', 'validation'] as const).flatMap((part) =>
    Array.from({ length: 8 }, (_, n) => example(`${part}-${n}`, { tags: { part } })),
  );
  const { version } = await importRows(db, rows, { project });
  const { version: judge } = await createJudgeVersion(db, {
    project,
    definition: DEFINITION,
    memory: null,
  });
  await registerPrompt(db, {
    project,
    name: 'router',
    text: world.prompt ?? 'Route {{message}}.',
  });
  const spec = cycleSpec.parse({
    cycle: 'search',
    dataset: 'messages',
    agent: 'router',
    prompts: { router: null },
    judge: 'routing',
    optimize: { budget: world.budget ?? 70, parents: 2 },
  });
  const fresh = { project, cycle: 'search', spec, datasetVersion: version.id };
  const cycle = await createCycle(db, {
    ...fresh,
    kind: 'optimize',
    baseJudge: judge.id,
    incumbent: { router: 1 },
  });
  const ref = { project, cycle: 'search', number: cycle.number };
  await updateCycle(db, ref, { agentFingerprint: 'f', models: { agent: 'stand-in' } });
  return ref;
}

async function answerAll(db: Db, at: runs.RunRef, world: World): Promise<void> {
  const pending = await runs.pendingRollouts(db, { ...at, from: 0, to: 1e6 });
  const { primary } = await runs.getRun(db, at);
  const scored = pending.map((row) => ({
    ...row,
    score: world.score(row.prompts['router']!, row.example.id),
  }));
  const rollouts = scored.map(({ ordinal, arm, trial, example: { id }, score }) => {
    const cell = { run: at.run, ordinal, arm, trial, example: id, traceId: null };
    const cost = { latencyMs: 1, price: 0 };
    if (score !== 'throws') {
      const outputs: JsonObject = { route: 'x' };
      return { ...cell, ...cost, status: 'ok' as const, outputs, outputHash: 'x', error: null };
    }
    const error = { kind: 'thrown', message: 'the agent threw: no route' };
    return { ...cell, ...cost, status: 'failed' as const, outputs: null, outputHash: null, error };
  });
  await runs.saveRollouts(db, { project: at.project, rollouts });
  const assessments = scored.flatMap(({ ordinal, score }) =>
    score === 'throws' ? [] : [{ ordinal, scorer: primary.id, assessment: verdict(score) }],
  );
  await runs.saveAssessments(db, { ...at, assessments });
}

const verdict = (score: number | null): Assessment => ({
  name: 'routing',
  value: null,
  score,
  rationale: 'because',
  error: score === null ? { kind: 'unparseable', message: 'no verdict' } : null,
  source: 'judge:routing@1',
  evidence: {},
});

type Reply = Pick<Completion, 'text' | 'finishReason'>;

function depsOf(db: Db, answer: (request: CompletionRequest) => Reply): ActivityDeps {
  const { model, ...deps } = depsOver(db);
  const complete: Model['complete'] = (request) => Promise.resolve(answer(request) as Completion);
  return { ...deps, model: { ...model, complete } };
}
