import type { GateRecord } from './gate-record.ts';

/** Whether a scorer had nothing to say of this output: neither measured nor missing. */
export const isSilent = ({ notApplicable = [], failed }: GateRecord, metric: string): boolean =>
  failed !== true && notApplicable.includes(metric);

/**
 * Records without the examples of which a metric has nothing to say in any trial of either arm: they are not part of what it measures,
 * and the rule treats both arms alike. Where it speaks of one output of an example, its silence on the others is missing.
 */
export function applicableTo(records: readonly GateRecord[], metric: string): GateRecord[] {
  const spoken = new Set(
    records.filter((record) => !isSilent(record, metric)).map(({ exampleId }) => exampleId),
  );
  return records.filter(({ exampleId }) => spoken.has(exampleId));
}
