import type { JudgeReport } from '../../contracts/report.ts';
import type { Value, ValueType } from '../../contracts/value.ts';
import { agrees, type JudgedItem } from '../align/units.ts';

/**
 * Human ceiling: for each rater, over the items that the judge and another rater judged too, how often the other raters agree
 * with that rater (an item counts once, its other raters in equal parts), and how often the judge does.
 */
export function humanCeiling(
  items: readonly JudgedItem[],
  type: ValueType,
): JudgeReport['ceiling'] {
  const raters = [...new Set(items.flatMap(({ labels }) => labels.map(({ rater }) => rater)))];
  return raters.sort().map((rater) => {
    const rows = items.flatMap((item) => {
      const own = item.labels.find((label) => label.rater === rater);
      const others = item.labels.filter((label) => label.rater !== rater);
      if (own === undefined || others.length === 0 || item.value === null) return [];
      const same = (value: Value): number => Number(agrees(type, [own.value, value]));
      return [{ people: mean(others.map(({ value }) => same(value))), judge: same(item.value) }];
    });
    return {
      rater,
      n: rows.length,
      accuracy: rows.length === 0 ? null : mean(rows.map(({ people }) => people)),
      judgeAccuracy: rows.length === 0 ? null : mean(rows.map(({ judge }) => judge)),
    };
  });
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
