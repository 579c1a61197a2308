import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gateReport } from '../../../contracts/report.ts';
import { mcnemarExact } from '../../../domain/statistics/binomial.ts';
import { createStream } from '../../../domain/statistics/stream.ts';
import { GateRecordError } from '../../../domain/promote/gate-record.ts';
import { decide, policyOf, recordsOf } from './gate-fixture.ts';

test('a planted gain of 25 points on 120 conversations is promoted, and the report fits its schema', () => {
  const { report, method } = decide(recordsOf([36, 0, 1], [6, 1, 0], [50, 1, 1], [28, 0, 0]));
  assert.equal(report.verdict, 'promote');
  assert.equal(method, 'studentized');
  assert.equal(report.estimate, 0.25);
  assert.equal(report.alpha, 0.025);
  assert.ok((report.lower ?? 0) > 0 && (report.upper ?? 1) < 0.45);
  assert.deepEqual(gateReport.parse(report), report);
});

test('with single rows and one trial p is exact McNemar', () => {
  const { report } = decide(recordsOf([11, 0, 1], [3, 1, 0], [40, 1, 1]));
  assert.ok(Math.abs((report.p ?? 0) - mcnemarExact({ wins: 11, losses: 3 }).greater) < 1e-12);
});

test('a planted null is promoted in no more than alpha of the gates', () => {
  const stream = createStream('planted null');
  const gates = 200;
  let promoted = 0;
  for (let gate = 0; gate < gates; gate += 1) {
    const pairs = Array.from(
      { length: 60 },
      () =>
        [1, stream.uniform() < 0.6 ? 1 : 0, stream.uniform() < 0.6 ? 1 : 0] as [
          number,
          number,
          number,
        ],
    );
    if (decide(recordsOf(...pairs), { policyHash: `${gate}` }).report.verdict === 'promote')
      promoted += 1;
  }
  assert.ok(promoted / gates <= 0.025 + 2 * Math.sqrt(0.025 / gates), `${promoted} of ${gates}`);
});

test('a worse finalist is rejected by its upper bound', () => {
  const { report } = decide(recordsOf([5, 0, 1], [40, 1, 0], [55, 1, 1]));
  assert.equal(report.verdict, 'reject');
  assert.match(report.reasons[0] ?? '', /upper bound/);
});

test('a small gain is inconclusive and says how many clusters would decide', () => {
  const { report } = decide(recordsOf([14, 0, 1], [9, 1, 0], [77, 1, 1]));
  assert.equal(report.verdict, 'inconclusive');
  // s^2 = (23 - 25 / 100) / 99; G = ((1.95996 + 0.842) / 0.10)^2 s^2 = 180.4.
  assert.equal(report.clustersNeeded?.observed, 181);
  assert.ok((report.clustersNeeded?.cautious ?? 0) > 181);
});

test('20 to 49 clusters are decided by betting: a large gain is promoted, a fair one is not', () => {
  const large = decide(recordsOf([16, 0, 1], [14, 1, 1]));
  assert.equal(large.method, 'betting');
  assert.equal(large.report.verdict, 'promote');
  assert.equal(decide(recordsOf([7, 0, 1], [1, 1, 0], [22, 1, 1])).report.verdict, 'inconclusive');
  const worse = decide(recordsOf([20, 1, 0], [10, 1, 1]), {
    policy: policyOf({ errorRateMargin: 1 }),
  });
  assert.equal(worse.report.verdict, 'reject');
});

test('`strict` bets with many clusters too', () => {
  const { method, report } = decide(recordsOf([14, 0, 1], [9, 1, 0], [77, 1, 1]), {
    policy: policyOf({ strict: true }),
  });
  assert.equal(method, 'betting');
  assert.equal(report.clustersNeeded?.observed, 181, 'by the one formula of the specification');
  assert.match(report.notes.join('\n'), /studentized one, by whose formula .* may be too few/);
});

test('12 clusters are unmeasurable however large the gain', () => {
  const { report } = decide(recordsOf([12, 0, 1]));
  assert.equal(report.verdict, 'unmeasurable');
  assert.equal(report.p, null);
  assert.match(report.reasons[0] ?? '', /12 clusters/);
});

test('clusters count, not rows: 200 rows of 15 conversations are unmeasurable', () => {
  const records = recordsOf([100, 0, 1], [100, 1, 1]).map((record) => ({
    ...record,
    cluster: `c${Number(record.exampleId.slice(1)) % 15}`,
  }));
  assert.equal(decide(records).report.verdict, 'unmeasurable');
});

test('a later look needs a smaller p', () => {
  const records = recordsOf([13, 0, 1], [3, 1, 0], [60, 1, 1]);
  const first = decide(records, { look: 1 }).report;
  const fifth = decide(records, { look: 5 }).report;
  assert.equal(first.verdict, 'promote');
  assert.equal(fifth.alpha, 0.05 / 32);
  assert.equal(fifth.verdict, 'inconclusive');
});

test('a margin shifts the claim: +10 points are no win over a margin of 10', () => {
  const records = recordsOf([20, 0, 1], [5, 1, 0], [125, 1, 1]);
  assert.equal(decide(records).report.verdict, 'promote');
  const { report } = decide(records, { policy: policyOf({ margin: 0.1 }) });
  assert.equal(report.verdict, 'inconclusive');
  assert.equal(report.estimate, 0.1);
});

test('a judge below its floor, or never measured, is unmeasurable', () => {
  const records = recordsOf([40, 0, 1], [60, 1, 1]);
  for (const lower of [0.2, 0.1, null]) {
    const { report } = decide(records, {
      judge: { kind: 'agreement', judge: 'quality@1', lower, labels: 30 },
    });
    assert.equal(report.verdict, 'unmeasurable', `${lower}`);
  }
});

test('a spent sealed part is unmeasurable', () => {
  const { report } = decide(recordsOf([40, 0, 1], [60, 1, 1]), { spent: 'opened by anna' });
  assert.equal(report.verdict, 'unmeasurable');
  assert.match(report.reasons[0] ?? '', /opened by anna/);
});

test('30 % missing on one side is unmeasurable and counted by arm', () => {
  const { report, missing } = decide(recordsOf([30, 0, null], [20, 0, 1], [50, 1, 1]));
  assert.equal(report.verdict, 'unmeasurable');
  assert.equal(report.finalist.missing, 30);
  assert.deepEqual(missing.incumbent, { missing: 0, expected: 100 });
  assert.equal(report.reasons.length, 2);
});

test('few missing scores, all on one side, differ between the arms', () => {
  const { report } = decide(recordsOf([8, 1, null], [40, 0, 1], [152, 1, 1]));
  assert.equal(report.verdict, 'unmeasurable');
  assert.match(report.reasons.join(), /differ between the arms/);
});

test('a win that the worst case of missing data would undo is not promoted', () => {
  const certain = recordsOf([14, 0, 1], [4, 1, 0], [77, 1, 1]);
  assert.equal(decide(certain).report.verdict, 'promote');
  const holed = recordsOf([14, 0, 1], [4, 1, 0], [77, 1, 1], [3, 1, null], [2, null, 1]);
  const { report, worstCase } = decide(holed);
  assert.equal(report.verdict, 'inconclusive');
  assert.equal(worstCase.wins, false);
  assert.match(report.reasons[0] ?? '', /worst case/);
});

test('a cell without a record is missing', () => {
  const records = recordsOf([40, 0, 1], [60, 1, 1]);
  const { report } = decide(records.slice(0, -2), { trials: 1 });
  assert.equal(report.finalist.missing + report.incumbent.missing, 0);
  const holed = decide(records.slice(0, -1), { trials: 1 });
  assert.equal(holed.report.finalist.missing, 1);
  assert.equal(decide(records, { trials: 2 }).report.verdict, 'unmeasurable');
});

test('the mean of the trials of each arm makes the difference of an example', () => {
  const trials = recordsOf([60, 0, 1]).flatMap((record) => [
    record,
    { ...record, trial: 1, score: record.arm === 'finalist' ? 0.5 : 0 },
  ]);
  const { report } = decide(trials, { trials: 2 });
  assert.equal(report.estimate, 0.75);
  assert.equal(report.lower, 0.75);
  assert.equal(report.upper, 0.75);
  assert.equal(report.p, 1 / 20_001);
});

test('a difference that is exactly the margin is undecided: rounding makes neither a win nor a loss of it', () => {
  // In binary 0.8 - 0.7 is above 0.1, and 1 - 0.9 below it.
  for (const [incumbent, finalist] of [
    [0.7, 0.8],
    [0.9, 1],
    [0.2, 0.3],
  ] as const) {
    const records = recordsOf([60, incumbent, finalist]);
    const { report } = decide(records, { policy: policyOf({ margin: 0.1 }) });
    assert.equal(report.verdict, 'inconclusive');
    assert.deepEqual([report.p, report.lower, report.upper], [1, 0.1, 0.1]);
  }
});

test('clusters whose trials even out are ties, so that few others are flipped exactly', () => {
  // In binary 1 - 1/3 is above 2/3: the sum of such a cluster misses 0 by rounding.
  const even = recordsOf([40, 1 / 3, 1], [40, 2 / 3, 0]).map((record) => {
    const place = Number(record.exampleId.slice(1)) % 40;
    return { ...record, exampleId: `even ${record.exampleId}`, cluster: `even ${place}` };
  });
  const { report } = decide([...even, ...recordsOf([11, 0, 1], [3, 1, 0])]);
  assert.equal(report.clusters, 54);
  assert.equal(report.p, 470 / 2 ** 14);
});

test('an agent failure scores 0 and counts as failed, even where a score stands', () => {
  const { report } = decide(recordsOf([60, 1, { failed: true, score: 1 }], [40, 1, 1]));
  assert.equal(report.estimate, -0.6);
  assert.equal(report.finalist.failed, 60);
  assert.equal(report.verdict, 'reject');
});

test('the order of the records changes nothing', () => {
  const records = recordsOf([20, 0.2, 0.9], [9, 1, 0.3], [41, 0.7, 0.7]);
  assert.deepEqual(decide([...records].reverse()), decide(records));
});

test('records that contradict each other are refused by example', () => {
  const records = recordsOf([30, 0, 1]);
  const [first] = records;
  assert.ok(first !== undefined);
  assert.throws(() => decide([...records, first]), GateRecordError);
  assert.throws(
    () => decide([...records, { ...first, trial: 1, cluster: 'other' }]),
    /stands in clusters/,
  );
  assert.throws(() => decide([{ ...first, score: 1.5 }]), /outside \[0, 1\]/);
});
