import type { Example } from '../../contracts/example.ts';
import type { Label } from '../../contracts/label.ts';
import type { ValueType } from '../../contracts/value.ts';
import { scoreOf } from '../evaluate/scale.ts';
import { consensusOf, currentLabels, itemKey } from '../label/consensus.ts';

/** An output of a row that people agree is right, and how many said so. */
export type RightOutput = {
  readonly example: string;
  readonly outputHash: string;
  readonly raters: number;
};

/**
 * For each row without expectations the output that people agree has the highest score: of several the one with most raters, then the
 * first by hash. Rows nobody agreed on have none.
 */
export function rightOutputs(
  rows: readonly Pick<Example, 'id' | 'expectations'>[],
  { labels, type }: { readonly labels: readonly Label[]; readonly type: ValueType },
): readonly RightOutput[] {
  const bare = new Set(rows.filter((row) => row.expectations === undefined).map(({ id }) => id));
  const items = Map.groupBy(
    currentLabels(labels).filter(({ example }) => bare.has(example)),
    itemKey,
  );
  const right = new Map<string, RightOutput>();
  for (const ratings of items.values()) {
    const agreed = consensusOf(ratings, type);
    if (agreed?.kind !== 'value' || scoreOf(type, agreed.value) !== 1) continue;
    const { example, outputHash } = ratings[0]!;
    const found = { example, outputHash, raters: agreed.raters.length };
    const before = right.get(example);
    if (before === undefined || isBetter(found, before)) right.set(example, found);
  }
  return rows.flatMap(({ id }) => right.get(id) ?? []);
}

const isBetter = (a: RightOutput, b: RightOutput): boolean =>
  a.raters > b.raters || (a.raters === b.raters && a.outputHash < b.outputHash);
