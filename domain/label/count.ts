import type { Label } from '../../contracts/label.ts';
import type { LabelCounts, LabelSession, SessionItem } from '../../contracts/session.ts';
import type { ValueType } from '../../contracts/value.ts';
import { consensusOf, currentLabels, itemKey } from './consensus.ts';

/**
 * What counts towards the minimum and the target of a round: labels of the session's items under its judge's name, the last
 * of each rater, late ones left out. An item with a label of fewer raters than wanted counts by those it has.
 */
export function countLabels(of: {
  readonly session: Pick<LabelSession, 'minimum' | 'target' | 'judge' | 'kind' | 'ratersPerItem'>;
  readonly items: readonly Pick<SessionItem, 'example' | 'outputHash'>[];
  readonly labels: readonly Label[];
  readonly type: ValueType;
  /** Items that a rater answered with a reason in place of a label. */
  readonly skipped?: number;
}): LabelCounts {
  const wanted = new Set(of.items.map(itemKey));
  const counted = currentLabels(
    of.labels.filter((label) => !label.late && label.name === of.session.judge),
  ).filter((label) => wanted.has(itemKey(label)));
  const groups = [...Map.groupBy(counted, itemKey).values()];
  const found = groups.map((group) => consensusOf(group, of.type));
  const { kind, ratersPerItem } = of.session;
  // A check wants every output: raters beyond those asked for count for none.
  const most = kind === 'check' ? ratersPerItem : Infinity;
  const agreed = found.flatMap((at) => (at?.kind === 'value' ? [at.value] : []));
  return {
    labels: groups.reduce((sum, group) => sum + Math.min(group.length, most), 0),
    skipped: of.skipped ?? 0,
    target: of.session.target,
    items: wanted.size,
    consensus: agreed.length,
    contested: found.filter((at) => at?.kind === 'contested').length,
    minimum: of.session.minimum,
    values: new Set(agreed).size,
    ...(kind === 'check' && { leastValues: 0 }),
  };
}
