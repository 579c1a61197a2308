import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkByPeople, type CheckedExample } from '../../../domain/promote/people-check.ts';
import { evidence, watched } from '../../../domain/promote/watch.ts';
import { createStream, type Stream } from '../../../domain/statistics/stream.ts';
import { decide, policyOf } from './gate-fixture.ts';
import { runPython, skip } from './reference/python.ts';

type Rows = readonly { readonly cluster: string; readonly scores: readonly [number, number] }[];

/** Rows in clusters of 1 to 4; scores of both arms in tenths. */
function rowsOf(clusters: number, stream: Stream): Rows {
  return Array.from({ length: clusters }, (_, g) => `c${String(g).padStart(3, '0')}`).flatMap(
    (cluster) =>
      Array.from({ length: 1 + stream.below(4) }, () => ({
        cluster,
        scores: [stream.below(11) / 10, Math.min(10, stream.below(11) + 2) / 10] as const,
      })),
  );
}

const recordsOf = (rows: Rows, more: (score: number) => object = () => ({})) =>
  rows.flatMap(({ cluster, scores }, place) =>
    (['incumbent', 'finalist'] as const).map((arm, index) => {
      const exampleId = `e${String(place).padStart(4, '0')}`;
      const score = scores[index]!;
      return { exampleId, cluster, arm, trial: 0, score, ...more(score) };
    }),
  );

const close = (found: number | null | undefined, expected: number, what: string): void =>
  assert.ok(Math.abs((found ?? Number.NaN) - expected) < 1e-9, `${what}: ${found}, ${expected}`);

const stream = createStream('figures beside the primary test');
const differences = (rows: Rows) =>
  rows.map(({ cluster, scores: [a, b] }) => [cluster, b - a] as const);

const bets = [
  { clusters: 24, margin: 0 },
  { clusters: 45, margin: 0.05 },
  { clusters: 70, margin: 0 },
].map(({ clusters, margin }) => ({
  rows: rowsOf(clusters, stream),
  margin,
  seed: `bet ${clusters}`,
}));

const guarded = [55, 90].map((clusters) => ({
  rows: rowsOf(clusters, stream),
  seed: `guarded ${clusters}`,
}));

/** People disagree with the judge now and then; the last clusters are not labelled. */
const checked: readonly CheckedExample[] = rowsOf(60, stream).map(({ cluster }, place) => {
  const person = { incumbent: stream.below(2), finalist: stream.below(2) };
  const slip = (said: number) => (stream.uniform() < 0.2 ? 1 - said : said);
  return {
    example: `e${place}`,
    cluster,
    judge: { incumbent: slip(person.incumbent), finalist: slip(person.finalist) },
    person: cluster < 'c025' ? person : null,
  };
});

const seen = Array.from({ length: 80 }, (_, i) => ({
  difference: stream.below(21) / 10 - 1,
  tolerance: i % 3 === 0 ? 0.02 : 0.1,
}));

type Answer = {
  readonly betting: readonly { readonly p: number; readonly lower: number }[];
  readonly guardrails: readonly Record<'estimate' | 'lower' | 'upper', number>[];
  readonly people: readonly {
    readonly raw: readonly number[];
    readonly corrected: readonly number[];
    readonly lambda: number;
    readonly roganGladen: number;
  }[];
  readonly watch: readonly { readonly evidence: number; readonly peak: number }[];
};

test('betting, guardrails, people and watch equal an independent computation', { skip }, () => {
  const answer = runPython('figures.py', {
    betting: bets.map(({ rows, margin, seed }) => ({
      pairs: differences(rows),
      margin,
      alpha: 0.025,
      seed,
    })),
    guardrails: guarded.map(({ rows, seed }) => ({
      // Harm: the incumbent's score less the finalist's.
      pairs: rows.map(({ cluster, scores: [a, b] }) => [cluster, a - b]),
      seed: `${seed}/guardrail 0`,
    })),
    people: [{ rows: checked }],
    watch: [
      {
        differences: seen.map(({ difference }) => difference),
        tolerances: seen.map(({ tolerance }) => tolerance),
        tolerance: 0.1,
      },
    ],
  }) as Answer;
  for (const [place, { rows, margin, seed }] of bets.entries()) {
    const policy = policyOf({ margin, strict: true });
    const { report, method } = decide(recordsOf(rows), { policy, policyHash: seed });
    assert.equal(method, 'betting');
    close(report.p, answer.betting[place]!.p, `${seed} p`);
    close(report.lower, answer.betting[place]!.lower, `${seed} lower`);
  }
  for (const [place, { rows, seed }] of guarded.entries()) {
    const policy = policyOf({
      guardrails: [{ metric: 'tone', direction: 'higher', margin: 0.3 }],
    });
    const records = recordsOf(rows, (score) => ({ scores: { tone: score } }));
    const [tone] = decide(records, { policy, policyHash: seed }).report.guardrails;
    const { estimate, lower, upper } = answer.guardrails[place]!;
    close(tone?.estimate, -estimate, `${seed} estimate`);
    close(tone?.lower, -upper, `${seed} lower`);
    close(tone?.upper, -lower, `${seed} upper`);
  }
  const { raw, corrected, rates, roganGladen } = checkByPeople(checked);
  assert.ok(rates.finalist !== null);
  const [people] = answer.people;
  [raw?.mean, raw?.lower, raw?.upper].forEach((value, i) => close(value, people!.raw[i]!, 'raw'));
  [corrected?.estimate, corrected?.lower, corrected?.upper].forEach((value, i) =>
    close(value, people!.corrected[i]!, 'PPI++ over clusters'),
  );
  close(corrected?.lambda, people!.lambda, 'lambda');
  close(roganGladen, people!.roganGladen, 'Rogan-Gladen');
  const state = watched(0.1, seen);
  close(evidence(state), answer.watch[0]!.evidence, 'e-value');
  close(state.peak, answer.watch[0]!.peak, 'largest e-value');
});
