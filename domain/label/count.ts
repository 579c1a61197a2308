import type { Label } from '../../contracts/label.ts';
import type { LabelCounts, LabelSession, SessionItem } from '../../contracts/session.ts';
import type { Value, ValueType } from '../../contracts/value.ts';
import { consensusOf, itemKey, labelsInTime, settledBy } from './consensus.ts';

/**
 * What counts towards the minimum and the target of a round: labels of the session's items under its judge's name, the last
 * of each rater, late ones left out. An item with a label of fewer raters than wanted counts by those it has.
 */
export function countLabels(of: {
  readonly session: Pick<LabelSession, 'minimum' | 'target' | 'judge' | 'kind' | 'ratersPerItem'>;
  readonly items: readonly Pick<SessionItem, 'example' | 'outputHash'>[];
  readonly labels: readonly Label[];
  readonly type: ValueType;
  /** Items of earlier rounds: they count towards the consensus, not towards the target. */
  readonly earlier?: readonly Pick<SessionItem, 'example' | 'outputHash'>[];
  /** What a person decided, by item. */
  readonly decided?: ReadonlyMap<string, { readonly value: Value; readonly who: string }>;
  /** Items that a rater answered with a reason in place of a label. */
  readonly skipped?: number;
}): LabelCounts {
  const own = new Set(of.items.map(itemKey));
  const all = new Set([...own, ...(of.earlier ?? []).map(itemKey)]);
  const named = of.labels.filter((label) => label.name === of.session.judge);
  const current = labelsInTime(named).filter((label) => all.has(itemKey(label)));
  const groups = [...Map.groupBy(current, itemKey)];
  const found = groups.map(([item, group]) =>
    settledBy(consensusOf(group, of.type), of.decided?.get(item)),
  );
  const { kind, ratersPerItem } = of.session;
  // A check wants every output: raters beyond those asked for count for none.
  const most = kind === 'check' ? ratersPerItem : Infinity;
  const agreed = found.flatMap((at) => (at?.kind === 'value' ? [at.value] : []));
  return {
    labels: groups.reduce(
      (sum, [item, group]) => sum + (own.has(item) ? Math.min(group.length, most) : 0),
      0,
    ),
    skipped: of.skipped ?? 0,
    target: of.session.target,
    items: own.size,
    consensus: agreed.length,
    contested: found.filter((at) => at?.kind === 'contested').length,
    minimum: of.session.minimum,
    values: new Set(agreed).size,
    ...(kind === 'check' && { leastValues: 0 }),
  };
}
