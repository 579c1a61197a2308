import { hashText } from '../../contracts/hash.ts';
import { nameOfVersion } from '../../contracts/scorer.ts';
import type { CycleSpec } from '../../contracts/spec.ts';
import { NOT_APPLICABLE } from '../../contracts/value.ts';
import type { Db } from '../../db/connect.ts';
import * as cycles from '../../db/cycles/cycles.ts';
import * as datasets from '../../db/data/datasets.ts';
import * as prompts from '../../db/versions/prompts.ts';
import { getTexts, putTexts } from '../../db/versions/texts.ts';
import type { Outcome } from '../../domain/optimize/ask.ts';
import type { PairedDifference } from '../../domain/optimize/finalist.ts';
import type { OptimizeInput } from '../../domain/optimize/input.ts';
import { type ActivityDeps, type CycleRef, optimizeRun, prefixOf } from '../deps.ts';
import { incumbentArm } from '../evaluate/evaluation.ts';
import {
  concludeSearch,
  endOfSearch,
  type OptimizeStep,
  outcomes,
  signed,
  stepSearch,
} from './search.ts';
import { warmCandidates } from '../align/warm.ts';

/** Advances the search of a cycle by one turn. */
export const stepOptimize = (
  { db }: ActivityDeps,
  { ref, turn }: { readonly ref: CycleRef; readonly turn: number },
): Promise<OptimizeStep> =>
  stepSearch(db, {
    project: ref.project,
    run: optimizeRun(ref),
    turn,
    input: () => inputOf(db, ref),
  });

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
  const { warmFrom } = cycle.spec.optimize;
  const { objectives = [] } = settingsOf(cycle);
  const at = { project: ref.project, run: optimizeRun(ref) };
  const { [hash]: known = {} } = await outcomes(db, { ...at, arms: [hash], objectives });
  const warm =
    warmFrom === undefined
      ? []
      : await warmCandidates(db, { project: ref.project, warmFrom, incumbent: texts });
  const speaks = (id: string): boolean => !isSilent(known[id]);
  return {
    settings: settingsOf(cycle),
    seed,
    train: train.filter(speaks),
    validation: validation.filter(speaks),
    known,
    warm,
  };
}

/** The primary metric has nothing to say of the example, such as a judge of conversations of a row that is not the last: no search is made on it. */
const isSilent = (outcome: Outcome | undefined): boolean =>
  outcome !== undefined && 'unscored' in outcome && outcome.unscored === NOT_APPLICABLE;

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

type Settings = OptimizeInput['settings'];

const settingsOf = ({ spec: { optimize }, ...cycle }: cycles.Cycle): Settings => ({
  mode: 'durable',
  seed: optimize.seed,
  minibatch: optimize.minibatch,
  ...samplingOf(optimize),
  merge: optimize.merge ? {} : null,
  frontier: optimize.frontier,
  objectives: objectivesOf(optimize, cycle),
  standardErrors: optimize.standardErrors,
  mends: { speculate: optimize.speculate },
  ...(optimize.budget === undefined ? {} : { budget: optimize.budget }),
});

// A frontier of objectives without names is one of all the scorers.
const objectivesOf = (
  { frontier, objectives }: CycleSpec['optimize'],
  { judge, scorers }: Pick<cycles.Cycle, 'judge' | 'scorers'>,
): readonly string[] =>
  frontier === 'instance' || objectives.length > 0
    ? objectives
    : [judge, ...scorers].map(nameOfVersion);

// Without a number of parents the engine's own default stands.
function samplingOf({ parents, mutations }: CycleSpec['optimize']): Pick<Settings, 'sampling'> {
  if (mutations > 1) return { sampling: { kind: 'pxn', p: parents ?? 4, n: mutations } };
  return parents === undefined ? {} : { sampling: { kind: 'independent', n: parents } };
}

/** Ends a search early with what is known, open asks unanswered; a repeat changes nothing. `begun`: there is something known. */
export function concludeOptimize(
  { db }: ActivityDeps,
  { ref, why }: { readonly ref: CycleRef; readonly why: string },
): Promise<{ readonly begun: boolean }> {
  return concludeSearch(db, { project: ref.project, run: optimizeRun(ref), why });
}

const leadText = ({ mean, n, se }: PairedDifference): string =>
  `validation ${signed(mean)} (standard error ${se?.toFixed(3) ?? 'unknown'}) over the incumbent on ${n} examples`;

/**
 * Registers the finalist of a cycle as prompt versions; without one the cycle ends here, and no look is spent. A search that stands
 * alone registers nothing: its finalist was chosen on the examples that praise it, and no gate follows.
 */
export async function finishOptimize(
  { db }: ActivityDeps,
  ref: CycleRef,
): Promise<{ readonly finalist: boolean; readonly why: string }> {
  const ended = await endOfSearch(db, { project: ref.project, run: optimizeRun(ref) });
  const { totals, finalist } = ended;
  const why = ended.finalist === null ? ended.why : leadText(ended.finalist.paired);
  const hash = finalist?.candidate ?? null;
  await cycles.updateCycle(db, ref, {
    finalistHash: hash,
    optimizeReport: {
      rollouts: totals.rollouts,
      budget: totals.budget ?? 0,
      reflections: totals.reflections,
      duplicatePairs: totals.duplicates,
      finalist: hash,
      why,
      dropped: { ...totals.dropped },
    },
  });
  if (finalist === null) return { finalist: false, why };
  const { kind } = await cycles.getCycle(db, ref);
  if (kind === 'cycle') await registerFinalist(db, ref, finalist.components);
  return { finalist: true, why };
}

async function registerFinalist(
  db: Db,
  ref: CycleRef,
  components: Readonly<Record<string, string>>,
): Promise<void> {
  const { project } = ref;
  const { incumbent, models } = await cycles.getCycle(db, ref);
  const texts = await getTexts(db, { project, hashes: Object.values(components) });
  const numbers = await Promise.all(
    Object.entries(components).map(async ([name, hash]) => {
      const { version } = await prompts.registerPrompt(db, {
        project,
        name,
        text: texts[hash]!,
        message: `finalist of ${prefixOf(ref)}`,
        parent: incumbent[name]!,
        cycle: prefixOf(ref),
        ...(models !== null && { models }),
      });
      return [name, version.number] as const;
    }),
  );
  await cycles.updateCycle(db, ref, { finalist: Object.fromEntries(numbers) });
}
