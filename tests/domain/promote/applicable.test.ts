import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guardrail } from '../../../contracts/spec.ts';
import { exportRows, gateInputOf } from '../../../domain/promote/gate-export.ts';
import type { GateRecord } from '../../../domain/promote/gate-record.ts';
import { type Cell, decide, policyOf, recordsOf } from './gate-fixture.ts';

const SILENT: Cell = { score: null, notApplicable: ['quality'] };
const LOST: Cell = { score: null };

/** 60 clusters with a clear gain. */
const GAIN = [
  [30, 0, 1],
  [30, 1, 1],
] as const;

test('examples of which the metric says nothing under either arm are no part of it: the verdict is that of the others', () => {
  const { report } = decide(recordsOf(...GAIN, [60, SILENT, SILENT]));
  const { report: alone } = decide(recordsOf(...GAIN));
  assert.equal(report.verdict, 'promote');
  // The error rate is of all outputs.
  const { notes, guardrails: _all, ...figures } = report;
  const { notes: fewer, guardrails: _some, ...expected } = alone;
  assert.deepEqual(figures, expected);
  assert.deepEqual(notes, [
    ...fewer,
    'quality has nothing to say (not applicable) of 60 examples under either arm: they count in no figure of it.',
  ]);
});

test('silence on the outputs of one arm alone is missing, and more than 5 % of it unmeasurable', () => {
  for (const pair of [
    [SILENT, 1],
    [1, SILENT],
  ] as const) {
    const { report } = decide(recordsOf(...GAIN, [6, ...pair]));
    assert.equal(report.verdict, 'unmeasurable');
    assert.match(report.reasons.join(), /are missing, more than 5 %/);
  }
});

test('what is missing stays missing beside silence, and an agent that failed is an outcome, silent judge or not', () => {
  const { report } = decide(recordsOf(...GAIN, [6, SILENT, LOST]));
  assert.equal(report.verdict, 'unmeasurable');
  const failed: Cell = { score: null, failed: true, notApplicable: ['quality'] };
  const { report: worse } = decide(recordsOf([60, 1, failed], [20, SILENT, SILENT]));
  assert.deepEqual([worse.verdict, worse.finalist.mean, worse.examples], ['reject', 0, 60]);
});

test('nothing but silence measures nothing', () => {
  const { report } = decide(recordsOf([60, SILENT, SILENT]));
  assert.equal(report.verdict, 'unmeasurable');
  assert.match(report.reasons[0]!, /^0 clusters measured under both arms/);
});

const spoken = (score: number, safety: number | null): Cell => ({
  score,
  scores: { safety },
  ...(safety === null && { notApplicable: ['safety'] }),
});

test('a guardrail holds on the examples that its scorer speaks of, and the error rate counts no silence', () => {
  const records = recordsOf(
    [40, spoken(0, 1), spoken(1, 1)],
    [40, spoken(0, null), spoken(1, null)],
  );
  const limit = guardrail.parse({ metric: 'safety', direction: 'higher', margin: 0.1 });
  const { report } = decide(records, { policy: policyOf({ guardrails: [limit] }) });
  assert.deepEqual(
    report.guardrails.map(({ metric, state }) => [metric, state]),
    [
      ['safety', 'holds'],
      ['error_rate', 'holds'],
    ],
  );
  const half = decide(recordsOf(...GAIN, [60, SILENT, SILENT])).report.guardrails;
  assert.deepEqual(
    half.map(({ state }) => state),
    ['holds'],
  );
});

test('an export of the gate says which scores were not applicable, and the same verdict is recomputed from it', () => {
  const records: readonly GateRecord[] = recordsOf(...GAIN, [20, SILENT, SILENT]);
  const { report } = decide(records);
  const policy = policyOf();
  const again = decide(
    gateInputOf({
      cycle: 'c',
      policy,
      policyHash: 'a policy',
      primary: 'quality',
      judge: { judge: 'quality@2', lower: 0.5, labels: 80 },
      report,
      rows: exportRows(records, 'quality'),
    }).records,
  );
  assert.deepEqual(again.report, report);
});
