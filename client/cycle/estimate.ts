import type { Role } from '../../contracts/model.ts';
import type { Part } from '../../contracts/part.ts';
import { priceOf } from '../../contracts/prices.ts';
import type { AlignPolicy, CycleSpec } from '../../contracts/spec.ts';
import type { Db } from '../../db/connect.ts';
import { type Cycle, incumbentTexts } from '../../db/cycles/cycles.ts';
import { countParts, listExamples } from '../../db/data/datasets.ts';
import { getScorer } from '../../db/versions/scorers.ts';
import { MOST_DISTILLED } from '../../domain/align/batches.ts';
import { dataDirOf, readStack } from '../../stack/index.ts';
import type { Cli } from '../cli.ts';
import { usd } from '../terminal/figures.ts';

export type Estimated = {
  readonly role: Role;
  readonly model: string;
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly usd: number;
  /** False where the price list has no such model. */
  readonly priced: boolean;
};

/** Sizes that a call depends on, in characters, and the rows of each part. */
export type Sizes = {
  readonly rows: Readonly<Partial<Record<Part, number>>>;
  readonly prompts: number;
  readonly inputs: number;
  /** Of each scorer that asks a model. */
  readonly instructions: readonly number[];
};

const CHARS_PER_TOKEN = 4;
const BUDGET_PER_ROW = 20;
/** The judge and five folds that measure it, where agreement is cross-fitted. */
const ALIGNMENTS = 6;
/** Of a search for better instructions of a judge. */
const JUDGE_MINIBATCH = 3;
/** Guidelines and shown examples of an aligned judge, in characters. */
const MEMORY = 6_000;
const REPLY = { agent: 80, judge: 120, reflection: 900 } as const;

/** Upper estimate of a cycle's calls: every phase to its end, no reply from the ledger. Pure arithmetic. */
export function estimateCycle(
  spec: CycleSpec,
  { rows, prompts, inputs, instructions }: Sizes,
  modelOf: (role: Role) => string,
): readonly Estimated[] {
  const at = (part: Part): number => rows[part] ?? 0;
  const budget = spec.optimize.budget ?? BUDGET_PER_ROW * at('validation');
  const measured = at('align-labels') + at('judge-test') + at('train') + at('validation');
  const rollouts = measured + budget + 2 * spec.gate.trials * at('sealed');
  const reflections = Math.ceil(budget / (2 * spec.optimize.minibatch));
  const aligned = alignmentCalls(spec.align, at('align-labels') + at('judge-test'));
  const line = (role: keyof typeof REPLY, calls: number, chars: number): Estimated => {
    const model = modelOf(role);
    const inputTokens = Math.ceil((calls * chars) / CHARS_PER_TOKEN);
    const outputTokens = calls * REPLY[role];
    const { usd: price, known } = priceOf(model, { inputTokens, cachedTokens: 0, outputTokens });
    return { role, model, calls, inputTokens, outputTokens, usd: price, priced: known };
  };
  return [
    line('agent', rollouts, prompts + inputs),
    ...instructions.map((own, n) =>
      line('judge', rollouts + (n === 0 ? aligned.verdicts : 0), own + inputs + MEMORY),
    ),
    line('reflection', reflections, prompts + 3 * spec.optimize.minibatch * inputs + MEMORY),
    line('reflection', aligned.reflections, MOST_DISTILLED * inputs + MEMORY),
  ].filter(({ calls }) => calls > 0);
}

/** Calls to align a judge to so many labelled items and to test it: two verdicts an item, and what teaches it. */
function alignmentCalls(
  { aligner, budget }: AlignPolicy,
  items: number,
): { readonly verdicts: number; readonly reflections: number } {
  if (items === 0) return { verdicts: 0, reflections: 0 };
  if (aligner === 'memalign')
    return {
      verdicts: 2 * items,
      reflections: ALIGNMENTS * (Math.ceil(items / MOST_DISTILLED) + 1),
    };
  const most = budget ?? BUDGET_PER_ROW * items;
  return {
    verdicts: 2 * items + ALIGNMENTS * most,
    reflections: ALIGNMENTS * Math.ceil(most / (2 * JUDGE_MINIBATCH)),
  };
}

/** The estimate for a person, when a real model is in use; null with the practice model, which costs nothing. */
export async function estimateText(
  cli: Cli,
  { db, cycle }: { readonly db: Db; readonly cycle: Cycle },
): Promise<string | null> {
  const stack = readStack(dataDirOf(cli.env.all));
  const base = stack?.model.kind === 'real' ? stack.model.name : cli.env.ATTUNE_MODEL;
  if (stack?.model.kind === 'practice' || base === undefined || base === 'practice') return null;
  const { spec } = cycle;
  const modelOf = (role: Role): string =>
    spec.models[role] ?? cli.env.all[`ATTUNE_MODEL_${role.toUpperCase()}`] ?? base;
  const lines = estimateCycle(spec, await sizesOf(db, cycle), modelOf);
  const total = lines.reduce((sum, line) => sum + line.usd, 0);
  const unpriced = lines.some((line) => !line.priced)
    ? ' (models without a known price left out)'
    : '';
  return [
    `Estimate, at most about ${usd(total)}${unpriced}; the budget of this cycle is ${budgetText(spec)}:`,
    ...lines.map(
      ({ role, model, calls, inputTokens, outputTokens, usd: price, priced }) =>
        `  ${role.padEnd(11)} ${model}: ${calls} calls, ${inputTokens} tokens in, ${outputTokens} out, ${priced ? usd(price) : 'price unknown'}`,
    ),
  ].join('\n');
}

const budgetText = ({ budget }: CycleSpec): string =>
  budget.usd === undefined ? 'not limited in USD' : usd(budget.usd);

const length = (value: unknown): number => JSON.stringify(value).length;

async function sizesOf(db: Db, cycle: Cycle): Promise<Sizes> {
  const at = { project: cycle.project, version: cycle.datasetVersion };
  const parts = await countParts(db, at);
  const rows = Object.fromEntries(Object.entries(parts).map(([part, count]) => [part, count.rows]));
  const examples = await listExamples(db, { ...at, parts: ['align-labels', 'train'] });
  const inputs = examples.reduce((sum, { inputs: given }) => sum + length(given), 0);
  const scorers = await Promise.all(
    [cycle.baseJudge, ...cycle.scorers].map((id) => getScorer(db, { project: cycle.project, id })),
  );
  const asking = scorers.flatMap(({ definition }) =>
    definition.kind === 'code' || definition.kind === 'spans' ? [] : [definition],
  );
  // A search alone works on the parts that it tunes on, and on no others.
  const { train = 0, validation = 0 } = rows;
  return {
    rows: cycle.kind === 'optimize' ? { train, validation } : rows,
    prompts: length(await incumbentTexts(db, cycle)),
    inputs: inputs / Math.max(1, examples.length),
    instructions: asking.map(({ instructions }) => instructions?.length ?? 0),
  };
}
