import { gatePolicy } from '../../../contracts/spec.ts';
import { decideGate } from '../../../domain/promote/gate.ts';
import type { GateDecision, GateInput } from '../../../domain/promote/gate.ts';
import type { GateRecord } from '../../../domain/promote/gate-record.ts';

/** A policy as a spec would give it. */
export const policyOf = (fields: object = {}) => gatePolicy.parse(fields);

/** Single-example clusters, one trial: pairs of (incumbent, finalist) scores, each given times over. */
export function recordsOf(
  ...groups: readonly (readonly [times: number, incumbent: Cell, finalist: Cell])[]
): GateRecord[] {
  const rows = groups.flatMap(([times, incumbent, finalist]) =>
    Array.from({ length: times }, () => ({ incumbent, finalist })),
  );
  return rows.flatMap(({ incumbent, finalist }, place) => {
    const id = `e${String(place).padStart(4, '0')}`;
    const row = { exampleId: id, cluster: `c-${id}`, trial: 0 };
    return [
      { ...row, arm: 'incumbent' as const, ...cell(incumbent) },
      { ...row, arm: 'finalist' as const, ...cell(finalist) },
    ];
  });
}

/** A score, null for missing, or further fields of the record. */
export type Cell = number | null | Partial<GateRecord>;

function cell(value: Cell): Partial<GateRecord> & { score: number | null } {
  if (value === null || typeof value === 'number') return { score: value };
  return { score: null, ...value };
}

export function decide(records: readonly GateRecord[], fields: Partial<GateInput> = {}) {
  const decision: GateDecision = decideGate({
    policy: policyOf(),
    policyHash: 'a policy',
    look: 1,
    primary: 'quality',
    records,
    trials: 1,
    judge: { kind: 'agreement', judge: 'quality@2', lower: 0.5, labels: 80 },
    ...fields,
  });
  return decision;
}
