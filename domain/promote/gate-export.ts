import type { GateExport, GateExportRow } from '../../contracts/gate-export.ts';
import type { GateInput } from './gate.ts';
import { type GateRecord, primaryScore } from './gate-record.ts';
import type { CheckedExample } from './people-check.ts';

/** Records without ids: clusters and examples become their places in the order of their names, which the statistics keep. */
export function exportRows(
  records: readonly GateRecord[],
  primary: string,
  people: readonly CheckedExample[] = [],
): GateExportRow[] {
  const persons = new Map(people.map(({ example, person }) => [example, person]));
  const personOf = ({ exampleId, arm, trial }: GateRecord) =>
    trial === 0 ? persons.get(exampleId)?.[arm] : undefined;
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
    ...(record.notApplicable !== undefined && { notApplicable: [...record.notApplicable] }),
    ...(personOf(record) !== undefined && { person: personOf(record)! }),
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
  const { policy, policyHash, primary, judge, ledgerStartsHere, pooled, report, rows } = exported;
  const records = rows.map(({ arm, cluster, example, trial, scores, failed, notApplicable }) => ({
    exampleId: `${padded(cluster)}/${padded(example)}`,
    cluster: padded(cluster),
    arm,
    trial,
    score: scores[primary] ?? null,
    failed: failed === true,
    latencyMs: scores['latency_ms'] ?? null,
    costUsd: scores['cost_usd'] ?? null,
    scores: otherScores(scores, primary),
    ...(notApplicable !== undefined && { notApplicable }),
  }));
  return {
    policy,
    policyHash,
    primary,
    look: report.look,
    trials: report.trials,
    judge: { kind: 'agreement', ...judge },
    records,
    ...(ledgerStartsHere !== undefined && { ledgerStartsHere }),
    ...(pooled !== undefined && { pooled }),
    ...(policy.peopleCheck !== undefined && { people: peopleIn(records, rows) }),
  };
}

/** Judge and people side by side: first trials that were measured under both arms. */
function peopleIn(
  records: readonly GateRecord[],
  rows: readonly GateExportRow[],
): CheckedExample[] {
  const first = records
    .map((record, place) => ({ record, person: rows[place]?.person ?? null }))
    .filter(({ record }) => record.trial === 0 && primaryScore(record) !== null);
  return [...Map.groupBy(first, ({ record }) => record.exampleId)].flatMap(([example, own]) => {
    const incumbent = own.find(({ record }) => record.arm === 'incumbent');
    const finalist = own.find(({ record }) => record.arm === 'finalist');
    if (!incumbent || !finalist) return [];
    const [a, b] = [incumbent.person, finalist.person];
    return [
      {
        example,
        cluster: finalist.record.cluster,
        judge: {
          incumbent: primaryScore(incumbent.record)!,
          finalist: primaryScore(finalist.record)!,
        },
        person: a === null || b === null ? null : { incumbent: a, finalist: b },
      },
    ];
  });
}

const PLACED = ['latency_ms', 'cost_usd'];

const otherScores = (scores: GateExportRow['scores'], primary: string) =>
  Object.fromEntries(
    Object.entries(scores).filter(([name]) => name !== primary && !PLACED.includes(name)),
  );

const padded = (place: number): string => String(place).padStart(8, '0');
