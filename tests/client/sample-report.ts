import { cycleReport, type CycleReport, type Estimate } from '../../contracts/report.ts';

const estimate = (mean: number, low: number, high: number): Estimate => ({
  mean,
  interval: { low, high },
  n: 240,
  clusters: 180,
  missing: 1,
  failed: 2,
});

const agreement = (accuracy: number, kappa: number): object => ({
  n: 90,
  accuracy,
  accuracyInterval: { low: accuracy - 0.07, high: accuracy + 0.06 },
  kappa,
  kappaInterval: { low: kappa - 0.1, high: kappa + 0.1 },
  kappaLower90: kappa - 0.08,
  truePositiveRate: 0.9,
  trueNegativeRate: null,
  prevalence: 0.6,
  confusion: { true: { true: 50, false: 4 }, false: { true: 6, false: 30 } },
});

/** A report as a cycle writes it, checked by the schema; `changes` replaces fields. */
export function sampleReport(changes: Partial<CycleReport> = {}): CycleReport {
  return cycleReport.parse({
    id: 'cycle/default/telecom-router/1',
    cycle: 'telecom-router',
    number: 1,
    project: 'default',
    outcome: 'promoted',
    verdict: 'promote',
    claims: ['better according to judge routing v2, not checked by people on the new outputs'],
    practiceModel: true,
    scriptedReviewer: true,
    phases: [
      {
        phase: 'evaluate',
        startedAt: '2026-01-01T10:00:00.000Z',
        endedAt: '2026-01-01T10:00:12.000Z',
        note: '137 rows',
        calls: 274,
        price: 0,
      },
    ],
    splits: { sealed: { conversations: 180, rows: 240 } },
    evaluation: estimate(0.55, 0.48, 0.62),
    labels: { labels: 411, items: 137, consensus: 130, contested: 7, raters: 3 },
    judge: {
      method: 'held-out',
      base: agreement(0.71, 0.4),
      aligned: agreement(0.93, 0.85),
      difference: { mean: 0.22, lower90: 0.14, interval: { low: 0.12, high: 0.31 } },
      ceiling: [{ rater: 'ana', n: 90, accuracy: 0.95, judgeAccuracy: 0.92 }],
      adopted: true,
      why: 'it agrees better with people on held-out labels',
      guidelines: [{ text: 'A message about <b>roaming</b> goes to roaming.', sources: 4 }],
      snapshots: 80,
      contested: 7,
    },
    baseline: estimate(0.54, 0.49, 0.6),
    candidates: [
      { hash: 'aaaaaaaaaaaa', parents: [], validation: 0.54, discoveredAt: 0, length: 410 },
      {
        hash: 'bbbbbbbbbbbb',
        parents: ['aaaaaaaaaaaa'],
        validation: 0.83,
        discoveredAt: 120,
        length: 900,
      },
    ],
    optimize: {
      rollouts: 300,
      budget: 1000,
      reflections: 12,
      duplicatePairs: 1,
      finalist: 'bbbbbbbbbbbb',
      why: 'the best on validation',
      dropped: {},
    },
    gate: {
      verdict: 'promote',
      look: 1,
      alpha: 0.025,
      estimate: 0.2213,
      p: 0.0001,
      lower: 0.15,
      upper: 0.3,
      margin: 0,
      examples: 240,
      clusters: 180,
      trials: 3,
      incumbent: estimate(0.561, 0.5, 0.62),
      finalist: estimate(0.782, 0.73, 0.83),
      guardrails: [
        {
          metric: 'error_rate',
          state: 'holds',
          estimate: 0,
          lower: -0.01,
          upper: 0.01,
          limit: 0.02,
          note: '',
        },
      ],
      clustersNeeded: null,
      reasons: [],
      notes: [],
    },
    gold: {
      incumbent: estimate(0.55, 0.5, 0.6),
      finalist: estimate(0.8, 0.75, 0.85),
      difference: { mean: 0.25, interval: { low: 0.18, high: 0.32 } },
    },
    prompts: [{ name: 'router', from: 1, to: 2, diff: '  Route it.\n- Guess.\n+ roaming: abroad' }],
    spend: {
      agent: { calls: 900, inputTokens: 90000, outputTokens: 3000, price: 0, reused: 12 },
    },
    links: {
      'Temporal UI': 'http://127.0.0.1:8233/namespaces/default/workflows/cycle%2Fdefault%2Ft%2F1',
    },
    evidenceHash: 'f'.repeat(64),
    ...changes,
  });
}
