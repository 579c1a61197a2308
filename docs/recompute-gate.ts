/** Recomputes a gate: `attune cycle export-gate <cycle> --out gate.json`, then `npx node docs/recompute-gate.ts gate.json`. */
import { readFileSync } from 'node:fs';
import { gateExport, type GateExportRow } from '../contracts/gate-export.ts';
import { decideGate } from '../domain/promote/gate.ts';
import { gateInputOf } from '../domain/promote/gate-export.ts';

const exported = gateExport.parse(JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')));
const { report, primary, rows } = exported;
// What needs no random draw, worked out here from the rows alone: an agent's failure scores 0, a missing score does not count.
const scoreOf = ({ failed, scores }: GateExportRow) => (failed ? 0 : (scores[primary] ?? null));
const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const examples = Map.groupBy(rows, (row) => `${row.cluster}/${row.example}`);
const meansOf = (arm: GateExportRow['arm']) =>
  new Map(
    [...examples].flatMap(([name, own]) => {
      const scores = own.filter((row) => row.arm === arm).map(scoreOf);
      const measured = scores.filter((score) => score !== null);
      return measured.length > 0 ? [[name, mean(measured)] as const] : [];
    }),
  );
const [incumbent, finalist] = [meansOf('incumbent'), meansOf('finalist')];
const both = [...incumbent.keys()].filter((name) => finalist.has(name));
const byHand = {
  examples: both.length,
  clusters: new Set(both.map((name) => name.split('/')[0])).size,
  estimate: mean(both.map((name) => finalist.get(name)! - incumbent.get(name)!)),
  incumbent: { mean: mean([...incumbent.values()]), n: incumbent.size },
  finalist: { mean: mean([...finalist.values()]), n: finalist.size },
};
// The rest, with the draws that the policy hash seeds: p, bounds, guardrails, intervals, verdict.
const again = decideGate(gateInputOf(exported)).report;

/** Every number of the report, beside the same one computed anew; leaves of `computed` only. */
function compare(path: string, told: unknown, computed: unknown): number {
  if (typeof computed === 'object' && computed !== null)
    return Object.entries(computed).reduce(
      (faults, [key, value]) =>
        faults + compare(`${path}.${key}`, (told as Record<string, unknown> | null)?.[key], value),
      0,
    );
  const near = typeof told === 'number' && Math.abs(told - Number(computed)) < 1e-9;
  const equal = told === computed || near;
  console.log(`${equal ? 'same ' : 'OTHER'} ${path}: ${String(told)}, again ${String(computed)}`);
  return equal ? 0 : 1;
}

const faults = compare('report', report, byHand) + compare('report', report, again);
console.log(faults === 0 ? 'Every number agrees.' : `${faults} numbers differ.`);
process.exitCode = faults === 0 ? 0 : 1;
