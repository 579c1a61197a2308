import type { AssessmentError } from '../../contracts/assessment.ts';
import type { Example } from '../../contracts/example.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import type { Part } from '../../contracts/part.ts';
import type { RolloutStatus } from '../../contracts/rollout.ts';
import type { Value } from '../../contracts/value.ts';
import type { Db } from '../connect.ts';
import { SealedError } from '../errors.ts';
import { exampleOf } from '../data/examples.ts';
import { findRunHeader, rolloutsWithExamples, type RunHeader } from './rollouts.ts';
import type { RunRef } from './runs.ts';

/** A rollout with what one scorer of its run said: figures and ids, no content. */
export type ScoreRow = {
  readonly ordinal: number;
  readonly arm: string;
  readonly example: string;
  readonly conversation: string;
  /** Near-duplicate group: the cluster of statistics. */
  readonly group: string;
  readonly part: Part;
  /** Of the example. */
  readonly tags: Example['tags'];
  readonly trial: number;
  readonly status: RolloutStatus;
  readonly outputHash: string | null;
  readonly traceId: string | null;
  readonly latencyMs: number | null;
  readonly price: number | null;
  /** Of the agent. */
  readonly error: AssessmentError | null;
  /** Null while the scorer has not assessed it. */
  readonly assessment: {
    readonly value: Value | null;
    readonly score: number | null;
    readonly error: AssessmentError | null;
  } | null;
};

/** With content; of the tuned parts only. */
export type ResultRow = ScoreRow & {
  readonly content: Example;
  readonly outputs: JsonObject | null;
  readonly rationale: string | null;
  readonly evidence: Json;
};

export type ScoreSelection = RunRef & {
  /** Id of a scorer's version; default the primary scorer of the run. */
  readonly scorer?: string;
  readonly arms?: readonly string[];
  readonly examples?: readonly string[];
  readonly repeat?: number;
};

/** Rollouts of a run by ordinal, with what one scorer says; none where the run was never planned. */
export async function loadScores(db: Db, at: ScoreSelection): Promise<readonly ScoreRow[]> {
  return (await select(db, at)).map(scoreOf);
}

/** The same for people. @throws SealedError where a row is sealed and nobody opened it */
export async function loadOpenScores(db: Db, at: ScoreSelection): Promise<readonly ScoreRow[]> {
  return (await selectOpen(db, at)).map(scoreOf);
}

/** The same with inputs, outputs and rationales. @throws SealedError where a row is sealed and nobody opened it */
export async function loadResults(db: Db, at: ScoreSelection): Promise<readonly ResultRow[]> {
  return (await selectOpen(db, at)).map((row) => ({
    ...scoreOf(row),
    content: exampleOf(row),
    outputs: row.outputs,
    rationale: row.rationale,
    evidence: row.evidence,
  }));
}

type Objectives = RunRef & {
  /** Default all. */
  readonly arms?: readonly string[];
  /** Names of scorers. */
  readonly objectives: readonly string[];
};

/** Scores by rollout ordinal and scorer name; what a scorer could not measure is left out. */
export async function loadObjectives(
  db: Db,
  { project, run, arms, objectives }: Objectives,
): Promise<Readonly<Record<number, Readonly<Record<string, number>>>>> {
  const rows = await db
    .selectFrom('assessment as a')
    .innerJoin('rollout as o', (join) =>
      join
        .onRef('o.project', '=', 'a.project')
        .onRef('o.run', '=', 'a.run')
        .onRef('o.ordinal', '=', 'a.ordinal'),
    )
    .select(['a.ordinal', 'a.name', 'a.score'])
    .where('a.project', '=', project)
    .where('a.run', '=', run)
    .$if(arms !== undefined, (query) => query.where('o.arm', 'in', [...arms!, '']))
    .where('a.name', 'in', [...objectives, ''])
    .where('a.repeat', '=', 0)
    .orderBy('a.ordinal')
    .orderBy('a.scorer')
    .execute();
  const found: Record<number, Record<string, number>> = {};
  for (const { ordinal, name, score } of rows)
    if (score !== null) (found[ordinal] ??= {})[name] = score;
  return found;
}

/** Names of the scorers that had nothing to say of a rollout, without an error, by its ordinal. */
export async function loadSilences(
  db: Db,
  { project, run }: RunRef,
): Promise<Readonly<Record<number, readonly string[]>>> {
  const rows = await db
    .selectFrom('assessment')
    .select(['ordinal', 'name'])
    .where('project', '=', project)
    .where('run', '=', run)
    .where('repeat', '=', 0)
    .where('score', 'is', null)
    .where('error', 'is', null)
    .orderBy('scorer')
    .execute();
  const found: Record<number, string[]> = {};
  for (const { ordinal, name } of rows) (found[ordinal] ??= []).push(name);
  return found;
}

type Row = Awaited<ReturnType<typeof select>>[number];

async function select(db: Db, at: ScoreSelection) {
  const run = await findRunHeader(db, at);
  return run === null ? [] : selectOf(db, run, at);
}

async function selectOpen(db: Db, at: ScoreSelection): Promise<readonly Row[]> {
  const rows = await select(db, at);
  const sealed = rows.find((row) => row.part === 'sealed' && row.opened_by === null);
  if (sealed) throw new SealedError(`row ${sealed.ordinal} of ${at.run}`);
  return rows;
}

function selectOf(
  db: Db,
  run: RunHeader,
  { arms, examples, scorer = run.primary, repeat = 0 }: ScoreSelection,
) {
  return rolloutsWithExamples(db, run)
    .leftJoin('assessment as a', (join) =>
      join
        .onRef('a.project', '=', 'o.project')
        .onRef('a.run', '=', 'o.run')
        .onRef('a.ordinal', '=', 'o.ordinal')
        .on('a.scorer', '=', scorer)
        .on('a.repeat', '=', repeat),
    )
    .select(['o.status', 'o.latency_ms', 'o.price', 'o.error', 'm.part', 'm.near_group'])
    .select('t.who as opened_by')
    .select(['a.source', 'a.value', 'a.score', 'a.rationale', 'a.evidence', 'a.error as fault'])
    .$if(arms !== undefined, (query) => query.where('o.arm', 'in', [...arms!, '']))
    .$if(examples !== undefined, (query) => query.where('o.example', 'in', [...examples!, '']))
    .orderBy('o.ordinal')
    .execute();
}

const scoreOf = (row: Row): ScoreRow => ({
  ordinal: row.ordinal,
  arm: row.arm,
  example: row.id,
  conversation: row.conversation,
  group: row.near_group,
  part: row.part,
  tags: row.tags,
  trial: row.trial,
  status: row.status,
  outputHash: row.output_hash,
  traceId: row.trace,
  latencyMs: row.latency_ms,
  price: row.price,
  error: row.error,
  assessment:
    row.source === null
      ? null
      : { value: row.value ?? null, score: row.score, error: row.fault ?? null },
});
