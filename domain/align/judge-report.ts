import type { Guideline } from '../../contracts/judge.ts';
import type { JudgeReport } from '../../contracts/report.ts';
import type { ValueType } from '../../contracts/value.ts';
import { adoption, type Adoption } from './adopt.ts';
import { type Agreement, agreement, agreementReportOf } from '../statistics/agreement.ts';
import { humanCeiling } from '../statistics/ceiling.ts';
import { pairedDifference, type PairedItem } from './paired.ts';

export type JudgeReportParts = {
  readonly method: JudgeReport['method'];
  readonly type: ValueType;
  /** Judge-test items, or with `cross-fitted` all items; `aligned` is then the value of the judge that never saw the item's fold. */
  readonly items: readonly PairedItem[];
  /** What the aligned judge learned from; null where alignment gave no judge, with the reason. */
  readonly memory:
    | { readonly guidelines: readonly Guideline[]; readonly snapshots: number }
    | { readonly none: string };
  /** Names of the cycle or run: equal seed, equal intervals. */
  readonly seed: string;
};

/** Agreement of base and aligned judge with people on labels that alignment never saw, and whether to adopt. */
export function buildJudgeReport(parts: JudgeReportParts): JudgeReport {
  const { type, items, seed, memory } = parts;
  const judgedBy = (judge: 'base' | 'aligned') =>
    items.map((item) => ({ ...item, value: item[judge] }));
  const base = agreement({ items: judgedBy('base'), type, seed });
  const shared = { method: parts.method, base: agreementReportOf(base), contested: base.contested };
  if ('none' in memory)
    return {
      ...shared,
      aligned: null,
      difference: null,
      ceiling: humanCeiling(judgedBy('base'), type),
      adopted: false,
      why: [memory.none, ...lacking(base), 'the base judge stays'].join('; '),
      guidelines: [],
      snapshots: 0,
    };
  const aligned = agreement({ items: judgedBy('aligned'), type, seed });
  const difference = pairedDifference({ items, type, seed });
  const decision = adoption(difference);
  return {
    ...shared,
    aligned: agreementReportOf(aligned),
    difference:
      difference === null
        ? null
        : { mean: difference.mean, lower90: difference.lower90, interval: difference.interval },
    ceiling: humanCeiling(judgedBy(decision.adopted ? 'aligned' : 'base'), type),
    adopted: decision.adopted,
    why: whyOf(decision, { base, aligned }),
    guidelines: memory.guidelines.map(({ text, sources }) => ({ text, sources: sources.length })),
    snapshots: memory.snapshots,
  };
}

const lacking = ({ missing }: Agreement): readonly string[] =>
  missing === 0 ? [] : [`verdicts of the base judge missing: ${missing}`];

function whyOf(
  decision: Adoption,
  { base, aligned }: { readonly base: Agreement; readonly aligned: Agreement },
): string {
  const missing =
    base.missing + aligned.missing === 0
      ? []
      : [`verdicts missing: ${base.missing} of the base judge, ${aligned.missing} of the aligned`];
  const stays = decision.adopted ? [] : ['the base judge stays'];
  return [decision.why, ...missing, ...stays].join('; ');
}
