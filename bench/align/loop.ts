import type { JudgeDefinition } from '../../contracts/judge.ts';
import type { Model } from '../../contracts/model.ts';
import type { JudgeReport } from '../../contracts/report.ts';
import type { Value } from '../../contracts/value.ts';
import { type Agreement, agreement } from '../../domain/statistics/agreement.ts';
import { buildJudgeReport } from '../../domain/align/judge-report.ts';
import type { LabelledItem } from '../../domain/align/snapshot.ts';
import { itemKey } from '../../domain/label/consensus.ts';
import { align, verdictOn } from '../practice/judge.ts';

export type Lesson = {
  readonly definition: JudgeDefinition;
  readonly learn: readonly LabelledItem[];
  /** What the adoption rule decides by. */
  readonly test: readonly LabelledItem[];
  /** What neither alignment nor the rule saw: here all figures are measured, as the rule's own choose the lucky. */
  readonly fresh: readonly LabelledItem[];
  readonly seed: string;
};

export type Learned = {
  /** On the labels that the adoption rule decided by. */
  readonly report: JudgeReport;
  /** On fresh labels. */
  readonly base: Agreement;
  readonly aligned: Agreement;
};

/** Aligns a judge to the labels to learn from, judges the others before and after, and reports: all as the product does it. */
export async function alignAndTest(
  model: Model,
  { definition, learn, test, fresh, seed }: Lesson,
): Promise<Learned> {
  const memory = await align({ judge: definition }, { items: learn, model });
  const said = await Promise.all(
    [null, memory].map((of) =>
      valuesOf([...test, ...fresh], verdictOn(definition, { model, memory: of })),
    ),
  );
  const [base, aligned] = said;
  const type = definition.value;
  const on = (values: ReadonlyMap<string, Value>) =>
    agreement({
      items: fresh.map((item) => ({ ...nameOf(item), value: values.get(itemKey(item))! })),
      type,
      seed,
    });
  const report = buildJudgeReport({
    method: 'held-out',
    type,
    items: test.map((item) => ({
      ...nameOf(item),
      base: base!.get(itemKey(item))!,
      aligned: aligned!.get(itemKey(item))!,
    })),
    memory: { guidelines: memory.guidelines, snapshots: memory.snapshots.length },
    seed,
  });
  return { report, base: on(base!), aligned: on(aligned!) };
}

const nameOf = (item: LabelledItem) => ({ ...item, item: itemKey(item) });

async function valuesOf(
  items: readonly LabelledItem[],
  verdict: ReturnType<typeof verdictOn>,
): Promise<ReadonlyMap<string, Value>> {
  const said = items.map(
    async (item) => [itemKey(item), (await verdict(item.fields)).value] as const,
  );
  return new Map(await Promise.all(said));
}
