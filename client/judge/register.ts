import type { Json } from '../../contracts/json.ts';
import { cycleSpec, type CycleSpec } from '../../contracts/spec.ts';
import { setBudget } from '../../db/engines/budgets.ts';
import type { Db } from '../../db/connect.ts';
import { createCycle, type Cycle, updateCycle } from '../../db/cycles/cycles.ts';
import { saveReply } from '../../db/engines/engine.ts';
import { createJudgeVersion, getJudge } from '../../db/versions/judges.ts';
import { labelledItems } from './labels.ts';

/** The options of `attune judge align`, as commander gives them. */
export type AlignFlags = {
  readonly labels?: string;
  readonly dataset?: string;
  readonly aligner?: string;
  readonly guidelines?: number;
  readonly shown?: number;
  readonly budget?: number;
  readonly seed?: number;
  readonly usd?: number;
};

type Registering = {
  readonly project: string;
  readonly judge: string;
  readonly flags: AlignFlags;
};

/** Writes down an alignment with the labels it works on: what is labelled later changes nothing of it. */
export async function registerAlignment(
  tx: Db,
  { project, judge, flags }: Registering,
): Promise<Cycle> {
  const { definition } = await getJudge(tx, { project, id: judge });
  const { labels: file, dataset } = flags;
  const labelled = await labelledItems(tx, {
    project,
    definition,
    ...(file !== undefined && { file }),
    ...(dataset !== undefined && { dataset }),
  });
  // What is learned is measured against the bare question, whatever version was named.
  const { version: base } = await createJudgeVersion(tx, { project, definition, memory: null });
  const spec = specOf(definition.name, labelled.dataset, flags);
  const alignment = await createCycle(tx, {
    project,
    kind: 'align',
    cycle: definition.name,
    spec,
    datasetVersion: labelled.dataset,
    baseJudge: base.id,
    incumbent: {},
  });
  const { items, leftOut } = labelled;
  await saveReply(tx, {
    project,
    run: `${alignment.key}/align`,
    ask: 'labels',
    reply: { ok: { items, leftOut } as unknown as Json },
  });
  await setBudget(tx, alignment, spec.budget);
  return updateCycle(tx, alignment, { agentFingerprint: RECORDED });
}

/** No agent runs: outputs are recorded. */
const RECORDED = 'recorded';

/** An alignment as the spec of a cycle that has no agent: every default is a cycle's own. */
function specOf(judge: string, dataset: string, flags: AlignFlags): CycleSpec {
  const { aligner, guidelines, shown, budget, seed, usd } = flags;
  const align = Object.entries({ aligner, guidelines, shown, budget, seed });
  return cycleSpec.parse({
    cycle: judge,
    dataset: dataset.split('@')[0],
    agent: RECORDED,
    prompts: {},
    judge,
    align: Object.fromEntries(align.filter(([, value]) => value !== undefined)),
    ...(usd !== undefined && { budget: { usd } }),
  });
}
