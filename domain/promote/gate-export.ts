import type { GateExport, GateExportRow } from '../../contracts/gate-export.ts';
import type { GateInput } from './gate.ts';
import type { GateRecord } from './gate-record.ts';

/** Records without ids: clusters and examples become their places in the order of their names, which the statistics keep. */
export function exportRows(records: readonly GateRecord[], primary: string): GateExportRow[] {
  const clusters = placesOf(records.map(({ cluster }) => cluster));
  const byCluster = Map.groupBy(records, ({ cluster }) => cluster);
  const examples = new Map(
    [...byCluster].map(([cluster, own]) => [cluster, placesOf(own.map((row) => row.exampleId))]),
  );
  const rows = records.map((record): GateExportRow => ({
    arm: record.arm,
    cluster: clusters.get(record.cluster) ?? 0,
    example: examples.get(record.cluster)?.get(record.exampleId) ?? 0,
    trial: record.trial,
    scores: {
      ...record.scores,
      [primary]: record.score,
      latency_ms: record.latencyMs ?? null,
      cost_usd: record.costUsd ?? null,
    },
    ...(record.failed === true && { failed: true as const }),
  }));
  return rows.sort(
    (a, b) => a.cluster - b.cluster || a.example - b.example || a.trial - b.trial || armOrder(a, b),
  );
}

const armOrder = (a: GateExportRow, b: GateExportRow): number =>
  Number(a.arm === 'finalist') - Number(b.arm === 'finalist');

function placesOf(names: readonly string[]): ReadonlyMap<string, number> {
  const sorted = [...new Set(names)].sort();
  return new Map(sorted.map((name, place) => [name, place + 1]));
}

/** What the gate was given, made of its export again. */
export function gateInputOf(exported: GateExport): GateInput {
  const { policy, policyHash, primary, judge, report, rows } = exported;
  return {
    policy,
    policyHash,
    primary,
    look: report.look,
    trials: report.trials,
    judge: { kind: 'agreement', ...judge },
    records: rows.map(({ arm, cluster, example, trial, scores, failed }) => ({
      scores: otherScores(scores, primary),
      exampleId: `${padded(cluster)}/${padded(example)}`,
      cluster: padded(cluster),
      arm,
      trial,
      score: scores[primary] ?? null,
      failed: failed === true,
      latencyMs: scores['latency_ms'] ?? null,
      costUsd: scores['cost_usd'] ?? null,
    })),
  };
}

const PLACED = ['latency_ms', 'cost_usd'];

const otherScores = (scores: GateExportRow['scores'], primary: string) =>
  Object.fromEntries(
    Object.entries(scores).filter(([name]) => name !== primary && !PLACED.includes(name)),
  );

const padded = (place: number): string => String(place).padStart(8, '0');
