import type { Db } from '../../db/connect.ts';
import type { Usage } from '../../db/runs/evaluations.ts';
import { loadRunTraces } from '../../db/runs/spans.ts';
import { loadScores, type Run } from '../../db/runs/runs.ts';
import { type Aggregate, aggregate, scoredRow } from '../../domain/evaluate/aggregate.ts';
import { type EvaluateGate, evaluateGates, type GateResult } from '../../domain/evaluate/gates.ts';
import { type Profile, profileOf } from '../../domain/evaluate/profile.ts';
import { type Slice, slices } from '../../domain/evaluate/slices.ts';
import { type Reason, reasonsIn, type RowOutcome } from '../../domain/evaluate/not-measured.ts';
import { rowOutcomes } from './not-measured.ts';
import type { RunFacts } from '../../contracts/run-facts.ts';
import { factsOf } from '../../db/runs/facts.ts';

/** What an evaluation came to, computed from what is stored and from nothing else. */
export type EvaluationResults = RunFacts & {
  readonly scorers: Readonly<Record<string, Aggregate & { readonly judge: string }>>;
  readonly gates: readonly GateResult[];
  readonly usage: readonly Usage[];
  /** By scorer. */
  readonly slices: Readonly<Record<string, readonly Slice[]>>;
  /** Every row under every scorer. */
  readonly rows: readonly RowOutcome[];
  /** Why rows are missing or failed, the most frequent first. */
  readonly reasons: readonly Reason[];
  /** Of the agent's traces; null where there are none. */
  readonly profile: Profile | null;
};

export async function resultsOf(
  db: Db,
  run: Run,
  gates: readonly EvaluateGate[],
): Promise<EvaluationResults> {
  const at = { project: run.project, run: run.name };
  const found = await Promise.all(
    run.scorers.map(async ({ id, name }) => {
      const rows = (await loadScores(db, { ...at, scorer: id })).map(scoredRow);
      return { id, name, sum: aggregate(rows), parts: slices(rows) };
    }),
  );
  const scorers = Object.fromEntries(
    found.map(({ id, name, sum }) => [name, { ...sum, judge: id }]),
  );
  const { facts, usage } = await factsOf(db, run);
  const rows = await rowOutcomes(db, run);
  return {
    ...facts,
    scorers,
    gates: evaluateGates(gates, scorers),
    usage,
    slices: Object.fromEntries(found.map(({ name, parts }) => [name, parts])),
    rows,
    reasons: reasonsIn(rows),
    profile: await profileOfRun(db, at),
  };
}

/** Where the time and the tokens of a run's traces went; null without traces. */
export async function profileOfRun(
  db: Db,
  at: { readonly project: string; readonly run: string },
): Promise<Profile | null> {
  const profile = profileOf(await loadRunTraces(db, at));
  return profile.traces === 0 ? null : profile;
}
