import { hashText } from '../../contracts/hash.ts';
import type { JudgeDefinition } from '../../contracts/judge.ts';
import { getJudge } from '../../db/versions/judges.ts';
import { getTexts, putTexts } from '../../db/versions/texts.ts';
import {
  halves,
  INSTRUCTIONS,
  type SearchItem,
  searchItems,
} from '../../domain/align/judge-search.ts';
import type { OptimizeInput } from '../../domain/optimize/input.ts';
import * as runs from '../../db/runs/runs.ts';
import { type Alignment, alignmentOf } from './prepare.ts';
import { type ActivityDeps, type CycleRef, prefixOf } from '../deps.ts';
import { openRun } from '../evaluate/measure.ts';
import { endOfSearch, type OptimizeStep, signed, stepSearch } from '../optimize/search.ts';

/** A search for better instructions of a judge: the engine of an alignment that it works for. */
export type JudgeSearch = { readonly ref: CycleRef; readonly engine: string };

/** Rollouts that are verdicts of candidate judges on labelled items. */
export const judgeSearchRun = ({ ref, engine: name }: JudgeSearch): string =>
  `${prefixOf(ref)}/${name}/search`;

const keyOf = (at: JudgeSearch) => ({ project: at.ref.project, run: judgeSearchRun(at) });

/** What the search of an engine learns from, by row id. */
export const itemsOf = (alignment: Alignment, name: string): ReadonlyMap<string, SearchItem> =>
  searchItems(
    alignment.definition,
    alignment.engines[name]!.learn.map((item) => alignment.item(item)),
  );

/** Advances a search for better instructions by one turn: the optimizer's engine, with agreement as the metric. */
export async function stepJudgeSearch(
  deps: ActivityDeps,
  at: JudgeSearch & { readonly turn: number },
): Promise<OptimizeStep> {
  const alignment = await alignmentOf(deps, at.ref);
  if (at.turn === 0) await openSearch(deps, at, alignment);
  return stepSearch(deps.db, {
    ...keyOf(at),
    turn: at.turn,
    input: () => Promise.resolve(inputOf(alignment, at)),
  });
}

async function openSearch(
  { db }: ActivityDeps,
  at: JudgeSearch,
  { base, definition }: Alignment,
): Promise<void> {
  const { ref } = at;
  await putTexts(db, { project: ref.project, texts: [definition.instructions] });
  await openRun(db, ref, { name: judgeSearchRun(at), kind: 'optimize', scorers: [base.id] });
}

function inputOf(alignment: Alignment, at: JudgeSearch): OptimizeInput {
  const { definition, policy } = alignment;
  const text = definition.instructions;
  return {
    settings: {
      mode: 'durable',
      seed: policy.seed,
      minibatch: 3,
      sampling: { kind: 'independent', n: 4 },
      merge: null,
      frontier: 'instance',
      objectives: [],
      ...(policy.budget === undefined ? {} : { budget: policy.budget }),
    },
    seed: { [INSTRUCTIONS]: { textHash: hashText(text), length: text.length } },
    ...halves(itemsOf(alignment, at.engine), definition.name),
  };
}

export type JudgeFound = {
  /** Better instructions were found. */
  readonly finalist: boolean;
  readonly why: string;
};

/** How a search for better instructions ended. */
export async function finishJudgeSearch(deps: ActivityDeps, at: JudgeSearch): Promise<JudgeFound> {
  const { definition, why } = await searchedJudge(deps, at);
  return { finalist: definition !== null, why };
}

/** The judge with the instructions of the finalist; null where none was better on validation. */
export async function searchedJudge(
  { db }: ActivityDeps,
  at: JudgeSearch,
): Promise<{ readonly definition: JudgeDefinition | null; readonly why: string }> {
  const ended = await endOfSearch(db, keyOf(at));
  if (ended.finalist === null) return { definition: null, why: ended.why };
  const { components, paired } = ended.finalist;
  const hash = components[INSTRUCTIONS]!;
  const texts = await getTexts(db, { project: at.ref.project, hashes: [hash] });
  const { primary } = await runs.getRun(db, keyOf(at));
  const base = await getJudge(db, { project: at.ref.project, id: primary.id });
  return {
    definition: { ...base.definition, instructions: texts[hash]! },
    why: `agreement ${signed(paired.mean)} over the base judge on ${paired.n} validation labels`,
  };
}
