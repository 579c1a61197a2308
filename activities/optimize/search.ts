import type { Json } from '../../contracts/json.ts';
import { NOT_APPLICABLE } from '../../contracts/value.ts';
import * as candidates from '../../db/engines/candidates.ts';
import type { Db } from '../../db/connect.ts';
import * as engine from '../../db/engines/engine.ts';
import * as runs from '../../db/runs/runs.ts';
import { loadObjectives } from '../../db/runs/scores.ts';
import { measured, scoredRow } from '../../domain/evaluate/aggregate.ts';
import type { EvaluateAsk, OptimizeAsk, Outcome } from '../../domain/optimize/ask.ts';
import { meanOf, scoreOf } from '../../domain/optimize/entry.ts';
import type { OptimizeInput } from '../../domain/optimize/input.ts';
import {
  conclude,
  type OptimizeState,
  type OptimizeTurn,
  resume,
  start,
} from '../../domain/optimize/optimize.ts';
import type { OptimizeResult } from '../../domain/optimize/result.ts';
import { poolFronts } from '../../domain/optimize/run.ts';
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

/** How a search ended, from what is stored: the finalist, or why there is none. @throws where it has not ended */
export async function endOfSearch(db: Db, key: runs.RunRef) {
  const last = await engine.lastStep(db, key);
  if (last?.result == null) throw new Error(`${key.run}: the search has not ended`);
  const { candidates: pool, finalist, stop, totals } = last.result as unknown as OptimizeResult;
  const { candidate } = finalist;
  if (candidate === null) {
    const why = `${finalist.reason}; the search ended: ${stop.detail}`;
    return { totals, finalist: null, why } as const;
  }
  const { components } = pool.find((at) => at.candidate === candidate)!;
  return { totals, finalist: { candidate, components, paired: finalist.paired } } as const;
}

export const signed = (x: number): string => `${x < 0 ? '' : '+'}${x.toFixed(3)}`;

type Key = runs.RunRef;

async function resumed(db: Db, key: Key, before: engine.EngineStep): Promise<OptimizeTurn> {
  const asks = before.asks as unknown as readonly OptimizeAsk[];
  const state = before.state as unknown as OptimizeState;
  const { objectives } = state.options;
  const reflections = asks.filter((ask) => ask.kind === 'reflect').map((ask) => ask.id);
  const evaluations = asks.filter((ask) => ask.kind === 'evaluate');
  const arms = [...new Set(evaluations.map(({ candidate }) => candidate))];
  const [reflected, found] = await Promise.all([
    reflections.length === 0 ? {} : repliesOf(db, { ...key, asks: reflections }),
    outcomes(db, { ...key, arms, objectives }),
  ]);
  const evaluated = evaluations.map(
    (ask) => [ask.id, { ok: pick(found[ask.candidate] ?? {}, ask) }] as const,
  );
  return resume(state, { ...reflected, ...Object.fromEntries(evaluated) });
}

const pick = (found: Readonly<Record<string, Outcome>>, ask: EvaluateAsk): Json =>
  Object.fromEntries(
    ask.exampleIds.map((id) => [id, found[id] ?? { unscored: 'the rollout is not there' }]),
  );

type Arms = Key & {
  readonly arms: readonly string[];
  /** Scorers whose scores are objectives of the search, by name. */
  readonly objectives: readonly string[];
};

const NO_SCORES: Awaited<ReturnType<typeof loadObjectives>> = {};

/** What is measured of some arms, by arm and example. */
export async function outcomes(
  db: Db,
  { project, run, arms, objectives }: Arms,
): Promise<Readonly<Record<string, Readonly<Record<string, Outcome>>>>> {
  if (arms.length === 0) return {};
  const [rows, scores] = await Promise.all([
    runs.loadScores(db, { project, run, arms }),
    objectives.length === 0 ? NO_SCORES : loadObjectives(db, { project, run, arms, objectives }),
  ]);
  const found: Record<string, Record<string, Outcome>> = {};
  for (const row of rows)
    if (row.status !== 'pending')
      (found[row.arm] ??= {})[row.example] = outcomeOf(row, {
        objectives,
        scores: scores[row.ordinal] ?? {},
      });
  return found;
}

function outcomeOf(
  row: runs.ScoreRow,
  of: {
    readonly objectives: readonly string[];
    readonly scores: Readonly<Record<string, number>>;
  },
): Outcome {
  const found = measured(scoredRow(row));
  if (found.kind !== 'score') return { unscored: whyMissing(row) };
  const { score } = found;
  return of.objectives.length === 0 ? { score } : { score, objectives: of.scores };
}

const whyMissing = (row: runs.ScoreRow): string =>
  row.error?.kind ??
  row.assessment?.error?.kind ??
  (row.assessment === null ? 'not assessed' : NOT_APPLICABLE);

async function planAsks(
  db: Db,
  key: Key,
  asks: readonly OptimizeAsk[],
): Promise<{ readonly from: number; readonly to: number }> {
  const evaluations = asks.filter((ask) => ask.kind === 'evaluate');
  if (evaluations.length === 0) return { from: 0, to: 0 };
  const arms = evaluations.map(({ candidate, components }) => [candidate, components] as const);
  await runs.addArmsOfHashes(db, { ...key, arms: Object.fromEntries(arms) });
  const cells = evaluations.flatMap((ask) =>
    ask.exampleIds.map((example) => ({ arm: ask.candidate, example, trial: 0 })),
  );
  return runs.planRollouts(db, { ...key, cells });
}

// Candidates and fronts change only where one joins the pool.
const joins = ({ events }: OptimizeTurn): boolean =>
  events.some(({ kind }) => kind === 'seed' || kind === 'val');

async function saveCandidates(db: Db, key: Key, turn: OptimizeTurn): Promise<void> {
  if (!joins(turn)) return;
  const { pool, candidates: components, texts, results, validation } = turn.state;
  const hashes = pool.map((member) => member.candidate);
  const fronts = poolFronts(turn.state);
  const rows = pool.map((member, position) => {
    const parts = components[member.candidate]!;
    const scores = validation.map((ordinal) => scoreOf(results[member.results]?.[ordinal]));
    return {
      hash: member.candidate,
      position,
      parents: member.parents.map((parent) => hashes[parent]!),
      prompts: parts,
      validation: meanOf(scores),
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
