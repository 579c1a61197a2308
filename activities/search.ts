import type { Json } from '../contracts/json.ts';
import * as candidates from '../db/candidates.ts';
import type { Db } from '../db/connect.ts';
import * as engine from '../db/engine.ts';
import * as runs from '../db/runs.ts';
import { loadObjectives } from '../db/scores.ts';
import { measured } from '../domain/evaluate/aggregate.ts';
import type { EvaluateAsk, OptimizeAsk, Outcome } from '../domain/optimize/ask.ts';
import type { OptimizeInput } from '../domain/optimize/input.ts';
import {
  conclude,
  type OptimizeState,
  type OptimizeTurn,
  resume,
  start,
} from '../domain/optimize/optimize.ts';
import { poolFronts } from '../domain/optimize/run.ts';
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

type Search = runs.RunRef & {
  readonly turn: number;
  /** What the search begins with; asked for once, at the first turn. */
  readonly input: () => Promise<OptimizeInput>;
};

/** Advances a search by one turn; its rollouts are planned and its candidates kept in the same transaction. */
export async function stepSearch(db: Db, search: Search): Promise<OptimizeStep> {
  const { turn, input, ...key } = search;
  const step = await advance(db, {
    ...key,
    turn,
    take: async (before) => (before === null ? start(await input()) : resumed(db, key, before)),
    plan: async (tx, taken) => {
      const next = taken as OptimizeTurn;
      const planned = await planAsks(tx, key, next.kind === 'ask' ? next.asks : []);
      await saveCandidates(tx, key, next);
      return planned;
    },
  });
  return stepOf(key.run, step);
}

/** Writes a last turn that ends the search with what is known; without effect on one that has not begun or has ended. */
export async function concludeSearch(
  db: Db,
  { why, ...key }: runs.RunRef & { readonly why: string },
): Promise<{ readonly begun: boolean }> {
  const last = await engine.lastStep(db, key);
  if (last === null || last.done) return { begun: last !== null };
  const take = (): Promise<OptimizeTurn> =>
    Promise.resolve(conclude(last.state as unknown as OptimizeState, why));
  await advance(db, { ...key, turn: last.turn + 1, take });
  return { begun: true };
}

type Key = runs.RunRef;

async function resumed(db: Db, key: Key, before: engine.EngineStep): Promise<OptimizeTurn> {
  const asks = before.asks as unknown as readonly OptimizeAsk[];
  const state = before.state as unknown as OptimizeState;
  const { objectives } = state.options;
  const reflections = asks.filter((ask) => ask.kind === 'reflect').map((ask) => ask.id);
  const reflected = await repliesOf(db, { ...key, asks: reflections });
  const evaluated = await Promise.all(
    asks
      .filter((ask) => ask.kind === 'evaluate')
      .map(
        async (ask) =>
          [
            ask.id,
            { ok: pick(await outcomes(db, { ...key, arm: ask.candidate, objectives }), ask) },
          ] as const,
      ),
  );
  return resume(state, { ...reflected, ...Object.fromEntries(evaluated) });
}

const pick = (found: Readonly<Record<string, Outcome>>, ask: EvaluateAsk): Json =>
  Object.fromEntries(
    ask.exampleIds.map((id) => [id, found[id] ?? { unscored: 'the rollout is not there' }]),
  );

type Arm = Key & {
  readonly arm: string;
  /** Scorers whose scores are objectives of the search, by name. */
  readonly objectives: readonly string[];
};

/** What is measured of an arm, by example. */
export async function outcomes(
  db: Db,
  { project, run, arm, objectives }: Arm,
): Promise<Readonly<Record<string, Outcome>>> {
  const rows = await runs.loadScores(db, { project, run, arms: [arm] });
  const scores =
    objectives.length === 0 ? {} : await loadObjectives(db, { project, run, arm, objectives });
  return Object.fromEntries(
    rows
      .filter((row) => row.status !== 'pending')
      .map((row): [string, Outcome] => {
        const found = measured(scoredRow(row));
        if (found.kind !== 'score') return [row.example, { unscored: whyMissing(row) }];
        const { score } = found;
        if (objectives.length === 0) return [row.example, { score }];
        return [row.example, { score, objectives: scores[row.ordinal] ?? {} }];
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
  const fronts = poolFronts(turn.state);
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
      fronts: fronts
        .filter(({ members }) => members.includes(position))
        .map((front) => front.key.join(' ')),
      discoveredAt: member.discovery,
      length: Object.values(parts).reduce((sum, hash) => sum + (texts[hash] ?? 0), 0),
    };
  });
  // Reference mode may take the same candidate into its pool twice: the first place is the one shown.
  const firsts = rows.filter((row) => hashes.indexOf(row.hash) === row.position);
  await candidates.saveCandidates(db, { ...key, candidates: firsts });
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
