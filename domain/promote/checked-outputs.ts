import type { SessionItem } from '../../contracts/session.ts';
import type { Label } from '../../contracts/label.ts';
import type { ValueType } from '../../contracts/value.ts';
import { scoreOf } from '../evaluate/scale.ts';
import { labelsInTime, itemKey } from '../label/consensus.ts';
import { createStream, permutation } from '../statistics/stream.ts';
import type { GateArm } from './gate-record.ts';
import { type CheckedExample, clustersToCheck } from './people-check.ts';

/** One trial of one sealed example under one arm, as the gate measured it; people see the first. */
export type GateOutput = {
  readonly example: string;
  readonly cluster: string;
  readonly arm: GateArm;
  readonly trial: number;
  readonly status: 'pending' | 'ok' | 'failed' | 'missing';
  readonly outputHash: string | null;
  readonly traceId: string | null;
  readonly score: number | null;
};

type Pair = {
  readonly example: string;
  readonly cluster: string;
  readonly outputs: Readonly<Record<GateArm, GateOutput>>;
};

/** Examples whose first trial was measured under both arms; an agent's failure is measured, with score 0. */
function measuredPairs(outputs: readonly GateOutput[]): Pair[] {
  const first = outputs.filter(({ trial }) => trial === 0);
  return [...Map.groupBy(first, ({ example }) => example)].flatMap(([example, own]) => {
    const incumbent = own.find(({ arm }) => arm === 'incumbent');
    const finalist = own.find(({ arm }) => arm === 'finalist');
    if (!incumbent || !finalist || [incumbent, finalist].some((at) => judged(at) === null))
      return [];
    return [{ example, cluster: finalist.cluster, outputs: { incumbent, finalist } }];
  });
}

const judged = ({ status, score }: GateOutput): number | null => (status === 'failed' ? 0 : score);

export type CheckSample = {
  readonly outputs: readonly GateOutput[];
  /** Hash of the policy: it fixes the sample and its order. */
  readonly seed: string;
  readonly count: number;
};

/**
 * What people label: both outputs of the sampled clusters' examples, mixed in an order that is itself a draw and tells nothing of the
 * arms; an output that both arms gave is asked for once.
 */
export function itemsToCheck(
  sample: CheckSample,
): readonly Pick<SessionItem, 'example' | 'outputHash' | 'traceId'>[] {
  const chosen = new Set(sampledClusters(sample));
  const items = new Map(
    measuredPairs(sample.outputs)
      .filter(({ cluster }) => chosen.has(cluster))
      .flatMap(({ outputs }) => [outputs.incumbent, outputs.finalist])
      .flatMap(({ example, status, outputHash, traceId }) =>
        status === 'ok' && outputHash !== null && traceId !== null
          ? [[itemKey({ example, outputHash }), { example, outputHash, traceId }] as const]
          : [],
      ),
  );
  const sorted = [...items.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item);
  return permutation(sorted.length, createStream(`${sample.seed}/people/order`)).map(
    (place) => sorted[place]!,
  );
}

/** Names of the clusters that people are asked about. */
export const sampledClusters = ({ outputs, seed, count }: CheckSample): readonly string[] =>
  clustersToCheck({ clusters: measuredPairs(outputs).map(({ cluster }) => cluster), seed, count });

/** The score of each labelled output, the mean over its raters, from labels in time; `not applicable` measures nothing. */
export function scoresByPeople(
  labels: readonly Label[],
  type: ValueType,
): ReadonlyMap<string, number> {
  const inTime = labelsInTime(labels);
  return new Map(
    [...Map.groupBy(inTime, itemKey)].flatMap(([item, own]) => {
      const scores = own.flatMap(({ value }) => scoreOf(type, value) ?? []);
      const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
      return scores.length === 0 ? [] : [[item, mean] as const];
    }),
  );
}

/**
 * Judge and people side by side, first trials of all sealed examples: people's score is null outside of the sample and where an output
 * has no label. An agent's failure needs no label: it scores 0.
 */
export function checkedExamples(
  sample: CheckSample & { readonly people: ReadonlyMap<string, number> },
): CheckedExample[] {
  const chosen = new Set(sampledClusters(sample));
  return measuredPairs(sample.outputs).map(({ example, cluster, outputs }) => {
    const said = (arm: GateArm): number | null => {
      const { status, outputHash } = outputs[arm];
      if (status === 'failed') return 0;
      return sample.people.get(itemKey({ example, outputHash: outputHash! })) ?? null;
    };
    const [incumbent, finalist] = chosen.has(cluster)
      ? [said('incumbent'), said('finalist')]
      : [null, null];
    return {
      example,
      cluster,
      judge: { incumbent: judged(outputs.incumbent)!, finalist: judged(outputs.finalist)! },
      person: incumbent === null || finalist === null ? null : { incumbent, finalist },
    };
  });
}
