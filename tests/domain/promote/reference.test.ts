import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStream } from '../../../domain/statistics/stream.ts';
import type { Stream } from '../../../domain/statistics/stream.ts';
import type { GateRecord } from '../../../domain/promote/gate-record.ts';
import { ppiMean } from '../../../domain/statistics/ppi.ts';
import { decide, policyOf } from './gate-fixture.ts';
import { runPython, skip } from './reference/python.ts';

type Figures = {
  readonly estimate: number;
  readonly p: number;
  readonly lower: number;
  readonly upper: number;
  readonly needed: readonly [number, number];
};

type Case = {
  readonly records: readonly GateRecord[];
  readonly margin: number;
  readonly trials: number;
};

function rows(
  clusters: number,
  draw: (stream: Stream) => { readonly size: number; readonly score: () => number | null },
  trials = 1,
): GateRecord[] {
  const stream = createStream(`reference ${clusters}`);
  return Array.from({ length: clusters }, (_, g) => `c${String(g).padStart(3, '0')}`).flatMap(
    (cluster) => {
      const { size, score } = draw(stream);
      return Array.from({ length: size }, (_, row) => `${cluster}-${row}`).flatMap((exampleId) =>
        Array.from({ length: trials }, (_, trial) => trial).flatMap((trial) =>
          (['incumbent', 'finalist'] as const).map((arm) => ({
            exampleId,
            cluster,
            arm,
            trial,
            score: score(),
          })),
        ),
      );
    },
  );
}

const coin = (stream: Stream) => () => (stream.uniform() < 0.6 ? 1 : 0);

const cases: Readonly<Record<string, Case>> = {
  'binary, ties, single rows': {
    records: rows(80, (stream) => ({ size: 1, score: coin(stream) })),
    margin: 0,
    trials: 1,
  },
  'graded, unequal clusters, margin above 0': {
    records: rows(70, (stream) => ({
      size: 1 + stream.below(5),
      score: () => Math.round(stream.uniform() * 10) / 10,
    })),
    margin: 0.05,
    trials: 1,
  },
  'three trials with missing ones': {
    records: rows(
      60,
      (stream) => ({
        size: 1 + stream.below(2),
        score: () => (stream.uniform() < 0.03 ? null : coin(stream)()),
      }),
      3,
    ),
    margin: 0,
    trials: 3,
  },
  'few discordant, exact flips': {
    records: rows(55, (stream) => {
      const shared = coin(stream)();
      return { size: 2, score: () => (stream.uniform() < 0.06 ? 1 - shared : shared) };
    }),
    margin: 0,
    trials: 1,
  },
  'no spread at all': {
    records: rows(50, () => ({ size: 2, score: () => 0.5 })).map((record) =>
      record.arm === 'finalist' ? { ...record, score: 0.75 } : record,
    ),
    margin: 0.1,
    trials: 1,
  },
};

const alpha = 0.025;
const delta = 0.2;

test('p, bounds, estimate and clusters needed equal an independent computation', { skip }, () => {
  const input = Object.entries(cases).map(([name, { records, margin }]) => {
    const exported = records.map(({ exampleId: example, ...row }) => ({ example, ...row }));
    return [name, { rows: exported, margin, alpha, delta, seed: name }];
  });
  const answer = runPython('gate.py', { cases: Object.fromEntries(input) }) as Record<
    string,
    Figures
  >;
  for (const [name, { records, margin, trials }] of Object.entries(cases)) {
    const policy = policyOf({ margin, delta });
    const { report, method } = decide(records, { policy, trials, policyHash: name });
    const expected = answer[name];
    assert.equal(method, 'studentized');
    assert.ok(expected !== undefined, name);
    for (const key of ['estimate', 'p', 'lower', 'upper'] as const)
      assert.ok(
        Math.abs((report[key] ?? Number.NaN) - expected[key]) < 1e-6,
        `${name}: ${key} ${report[key]} against ${expected[key]}`,
      );
    assert.deepEqual(
      [report.clustersNeeded?.observed, report.clustersNeeded?.cautious],
      expected.needed.map((count) => Math.max(20, Math.ceil(count))),
      name,
    );
  }
});

test("PPI++ equals its authors' package", { skip }, () => {
  const stream = createStream('ppi reference');
  const draw = (count: number) =>
    Array.from({ length: count }, () => {
      const person = stream.below(3) - 1;
      return { person, judge: stream.uniform() < 0.7 ? person : stream.below(3) - 1, size: 1 };
    });
  const sets = [20, 30, 60].map((count) => ({ labelled: draw(count), rest: draw(4 * count) }));
  const input = sets.map(({ labelled, rest }, place) => [
    `set ${place}`,
    {
      person: labelled.map(({ person }) => person),
      judge: labelled.map(({ judge }) => judge),
      unlabelled: rest.map(({ judge }) => judge),
    },
  ]);
  const answer = runPython('ppi.py', Object.fromEntries(input)) as Record<
    string,
    Record<'estimate' | 'lambda' | 'se', number>
  >;
  for (const [place, { labelled, rest }] of sets.entries()) {
    const ours = ppiMean({ labelled, unlabelled: rest });
    for (const key of ['estimate', 'lambda', 'se'] as const) {
      const gap = Math.abs((ours?.[key] ?? Number.NaN) - (answer[`set ${place}`]?.[key] ?? 0));
      assert.ok(gap < 1e-9, `set ${place}: ${key} differs by ${gap}`);
    }
  }
});
