import { hashText } from '../contracts/hash.ts';
import type { Json } from '../contracts/json.ts';
import type { CycleSpec } from '../contracts/spec.ts';
import * as candidates from '../db/candidates.ts';
import type { Db } from '../db/connect.ts';
import * as cycles from '../db/cycles.ts';
import * as datasets from '../db/datasets.ts';
import * as engine from '../db/engine.ts';
import * as prompts from '../db/prompts.ts';
import * as runs from '../db/runs.ts';
import { getTexts, putTexts } from '../db/texts.ts';
import { measured } from '../domain/evaluate/aggregate.ts';
import type { EvaluateAsk, OptimizeAsk, Outcome } from '../domain/optimize/ask.ts';
import type { OptimizeInput } from '../domain/optimize/input.ts';
import {
  type OptimizeState,
  type OptimizeTurn,
  resume,
  start,
} from '../domain/optimize/optimize.ts';
import type { OptimizeResult } from '../domain/optimize/result.ts';
import { type ActivityDeps, type CycleRef, optimizeRun, prefixOf } from './deps.ts';
import { incumbentArm } from './evaluation.ts';
import { scoredRow } from './measure.ts';
import { advance, repliesOf } from './steps.ts';

export type OptimizeStep = {
  readonly done: boolean;
  readonly run: string;
  /** Rollouts that this step asks for, by ordinal. */
  readonly from: number;
  readonly to: number;
  /** Ids of the reflect asks. */
  readonly reflections: readonly string[];
  /** Progress in one line. */
  readonly note: string;
};

/** Advances the search by one turn; its rollouts are planned and its candidates kept in the same transaction. */
export async function stepOptimize(
  { db }: ActivityDeps,
  { ref, turn }: { readonly ref: CycleRef; readonly turn: number },
): Promise<OptimizeStep> {
  const key = { project: ref.project, run: optimizeRun(ref) };
  const step = await advance(db, {
    ...key,
    turn,
    take: async (before) =>
      before === null ? start(await inputOf(db, ref)) : resumed(db, key, before),
    plan: async (tx, taken) => {
      const next = taken as OptimizeTurn;
      const planned = await planAsks(tx, key, next.kind === 'ask' ? next.asks : []);
      await saveCandidates(tx, key, next);
      return planned;
    },
  });
  return stepOf(key.run, step);
}

type Key = { readonly project: string; readonly run: string };

async function inputOf(db: Db, ref: CycleRef): Promise<OptimizeInput> {
  const cycle = await cycles.getCycle(db, ref);
  const { train, validation } = await partIds(db, ref, cycle.datasetVersion);
  const texts = await cycles.incumbentTexts(db, ref);
  const seed = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [
      name,
      { textHash: hashText(text), length: text.length },
    ]),
  );
  await putTexts(db, { project: ref.project, texts: Object.values(texts) });
  const { hash } = await incumbentArm(db, ref);
  const known = await outcomes(db, { project: ref.project, run: optimizeRun(ref) }, hash);
  return { settings: settingsOf(cycle.spec), seed, train, validation, known };
}

async function partIds(
  db: Db,
  ref: CycleRef,
  version: string,
): Promise<{ readonly train: readonly string[]; readonly validation: readonly string[] }> {
  const parts = ['train', 'validation'] as const;
  const rows = await datasets.listExamples(db, { project: ref.project, version, parts });
  const idsIn = (part: string): string[] =>
    rows.filter((row) => row.part === part).map((row) => row.id);
  return { train: idsIn('train'), validation: idsIn('validation') };
}

const settingsOf = ({ optimize }: CycleSpec): OptimizeInput['settings'] => ({
  mode: 'durable',
  seed: optimize.seed,
  minibatch: optimize.minibatch,
  sampling:
    optimize.mutations === 1
      ? { kind: 'independent', n: optimize.parents }
      : { kind: 'pxn', p: optimize.parents, n: optimize.mutations },
  merge: optimize.merge ? {} : null,
  ...(optimize.budget === undefined ? {} : { budget: optimize.budget }),
});

async function resumed(db: Db, key: Key, before: engine.EngineStep): Promise<OptimizeTurn> {
  const asks = before.asks as unknown as readonly OptimizeAsk[];
  const reflected = await repliesOf(db, key);
  const evaluated = await Promise.all(
    asks
      .filter((ask) => ask.kind === 'evaluate')
      .map(
        async (ask) => [ask.id, { ok: pick(await outcomes(db, key, ask.candidate), ask) }] as const,
      ),
  );
  const wanted = new Set(asks.map((ask) => ask.id));
  const replies = Object.entries({ ...reflected, ...Object.fromEntries(evaluated) });
  return resume(
    before.state as unknown as OptimizeState,
    Object.fromEntries(replies.filter(([id]) => wanted.has(id))),
  );
}

const pick = (found: Readonly<Record<string, Outcome>>, ask: EvaluateAsk): Json =>
  Object.fromEntries(
    ask.exampleIds.map((id) => [id, found[id] ?? { unscored: 'the rollout is not there' }]),
  );

/** What is measured of an arm, by example. */
async function outcomes(db: Db, key: Key, arm: string): Promise<Readonly<Record<string, Outcome>>> {
  const rows = await runs.loadScores(db, { ...key, arms: [arm] });
  return Object.fromEntries(
    rows
      .filter((row) => row.status !== 'pending')
      .map((row): [string, Outcome] => {
        const found = measured(scoredRow(row));
        return [
          row.example,
          found.kind === 'score' ? { score: found.score } : { unscored: whyMissing(row) },
        ];
      }),
  );
}

const whyMissing = (row: runs.ScoreRow): string =>
  row.error?.kind ?? row.assessment?.error?.kind ?? 'not applicable';

async function planAsks(
  db: Db,
  key: Key,
  asks: readonly OptimizeAsk[],
): Promise<{ readonly from: number; readonly to: number }> {
  const evaluations = asks.filter((ask) => ask.kind === 'evaluate');
  for (const { candidate, components } of evaluations)
    await runs.addArmOfHashes(db, { ...key, arm: candidate, prompts: components });
  const cells = evaluations.flatMap((ask) =>
    ask.exampleIds.map((example) => ({ arm: ask.candidate, example, trial: 0 })),
  );
  return runs.planRollouts(db, { ...key, cells });
}

async function saveCandidates(db: Db, key: Key, turn: OptimizeTurn): Promise<void> {
  const { pool, candidates: components, texts, results, validation } = turn.state;
  const hashes = pool.map((member) => member.candidate);
  const rows = pool.map((member, position) => {
    const parts = components[member.candidate]!;
    const scores = validation.flatMap((ordinal) => {
      const entry = results[member.results]?.[ordinal];
      return typeof entry === 'number' ? [entry] : [];
    });
    return {
      hash: member.candidate,
      position,
      parents: member.parents.map((parent) => hashes[parent]!),
      prompts: parts,
      validation: scores.length === 0 ? null : scores.reduce((a, b) => a + b, 0) / scores.length,
      discoveredAt: member.discovery,
      length: Object.values(parts).reduce((sum, hash) => sum + (texts[hash] ?? 0), 0),
    };
  });
  await candidates.saveCandidates(db, { ...key, candidates: rows });
}

function stepOf(run: string, step: engine.EngineStep): OptimizeStep {
  const asks = step.asks as unknown as readonly OptimizeAsk[];
  const state = step.state as unknown as OptimizeState;
  return {
    done: step.done,
    run,
    from: step.from,
    to: step.to,
    reflections: asks.filter((ask) => ask.kind === 'reflect').map((ask) => ask.id),
    note: `${state.totals.rollouts} of ${state.options.budget ?? 'any number of'} rollouts, ${state.pool.length} candidates, iteration ${state.totals.iterations}`,
  };
}

/** Registers the finalist as prompt versions; without one the cycle ends here, and no look is spent. */
export async function finishOptimize(
  { db }: ActivityDeps,
  ref: CycleRef,
): Promise<{ readonly finalist: boolean; readonly why: string }> {
  const last = await engine.lastStep(db, { project: ref.project, run: optimizeRun(ref) });
  const result = last?.result as unknown as OptimizeResult;
  const { finalist, totals, stop } = result;
  const why =
    finalist.candidate === null
      ? `${finalist.reason}; the search ended: ${stop.detail}`
      : `validation ${signed(finalist.paired.mean)} over the incumbent on ${finalist.paired.n} examples`;
  await cycles.updateCycle(db, ref, {
    finalistHash: finalist.candidate,
    optimizeReport: {
      rollouts: totals.rollouts,
      budget: totals.budget ?? 0,
      reflections: totals.reflections,
      duplicatePairs: totals.duplicates,
      finalist: finalist.candidate,
      why,
      dropped: { ...totals.dropped },
    },
  });
  if (finalist.candidate === null) return { finalist: false, why };
  const found = result.candidates.find((at) => at.candidate === finalist.candidate)!;
  await registerFinalist(db, ref, found.components);
  return { finalist: true, why };
}

const signed = (x: number): string => `${x < 0 ? '' : '+'}${x.toFixed(3)}`;

async function registerFinalist(
  db: Db,
  ref: CycleRef,
  components: Readonly<Record<string, string>>,
): Promise<void> {
  const { project } = ref;
  const { incumbent } = await cycles.getCycle(db, ref);
  const texts = await getTexts(db, { project, hashes: Object.values(components) });
  const numbers = await Promise.all(
    Object.entries(components).map(async ([name, hash]) => {
      const { version } = await prompts.registerPrompt(db, {
        project,
        name,
        text: texts[hash]!,
        message: `finalist of ${prefixOf(ref)}`,
        parent: incumbent[name]!,
      });
      return [name, version.number] as const;
    }),
  );
  await cycles.updateCycle(db, ref, { finalist: Object.fromEntries(numbers) });
}
