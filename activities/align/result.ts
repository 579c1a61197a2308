import type { Guideline, JudgeDefinition, JudgeMemory } from '../../contracts/judge.ts';
import type { AlignmentReport } from '../../contracts/report.ts';
import * as engine from '../../db/engines/engine.ts';
import type { AlignResult } from '../../domain/align/memalign-state.ts';
import { buildMemory } from '../../domain/align/memory.ts';
import { type Alignment } from './prepare.ts';
import { type ActivityDeps, type CycleRef, prefixOf } from '../deps.ts';
import { searchedJudge } from './search.ts';

/** What one engine of an alignment came to. */
export type EngineResult = {
  readonly outcome: AlignmentReport['outcome'];
  /** What makes the judge; the base judge's own where nothing better was found. */
  readonly definition: JudgeDefinition;
  /** Null for an aligner that gives a judge no memory. */
  readonly guidelines: readonly Guideline[] | null;
  readonly why: string | null;
  readonly contradictions: AlignmentReport['contradictions'];
  readonly dropped: AlignmentReport['dropped'];
};

type Of = {
  readonly deps: ActivityDeps;
  readonly ref: CycleRef;
  readonly alignment: Alignment;
  readonly name: string;
};

/** How an engine ended, from what is stored. */
export function engineResult(of: Of): Promise<EngineResult> {
  return of.alignment.policy.aligner === 'gepa' ? rewritten(of) : remembering(of);
}

async function rewritten({ deps, ref, alignment, name }: Of): Promise<EngineResult> {
  const { definition, why } = await searchedJudge(deps, { ref, engine: name });
  return {
    outcome: definition === null ? 'no-candidate' : 'aligned',
    definition: definition ?? alignment.definition,
    // The candidates were measured with instructions alone.
    guidelines: null,
    why,
    contradictions: [],
    dropped: {},
  };
}

async function remembering({ deps, ref, alignment, name }: Of): Promise<EngineResult> {
  const last = await engine.lastStep(deps.db, {
    project: ref.project,
    run: `${prefixOf(ref)}/${name}`,
  });
  if (last?.result == null)
    throw new Error(`${prefixOf(ref)}/${name}: the alignment has not ended`);
  const result = last.result as unknown as AlignResult;
  const { dropped, contradictions } = result.report;
  return {
    outcome: result.kind,
    definition: alignment.definition,
    guidelines: result.kind === 'aligned' ? result.guidelines : [],
    why: result.kind === 'no-guidelines' ? NO_GUIDELINES : null,
    contradictions: [...contradictions],
    dropped: { ...dropped },
  };
}

/** The memory of the judge that an engine made. */
export async function memoryOf(
  { deps, ref, alignment, name }: Of,
  { guidelines }: EngineResult,
): Promise<JudgeMemory | null> {
  if (guidelines === null) return null;
  const snapshots = alignment.snapshotsOf(name);
  const ids = snapshots.map(({ id }) => id);
  const pays = { project: ref.project, cycle: prefixOf(ref) };
  return buildMemory({
    guidelines,
    snapshots,
    vectors: await alignment.embed(deps, ids, pays),
    embeddingModel: alignment.models.embedding,
    shown: alignment.policy.shown,
  });
}

const NO_GUIDELINES =
  'no guidelines: the reflection model gave no rule with a usable source, so the judge goes by past cases only';
