import type { Rollout } from '../../contracts/rollout.ts';
import { hashJson } from '../../contracts/hash.ts';
import type { Db } from '../../db/connect.ts';
import type { Cycle } from '../../db/cycles/cycles.ts';
import { addArm, planRollouts, saveAssessments, saveRollouts } from '../../db/runs/runs.ts';
import { openSession } from '../../db/labels/sessions.ts';
import { outputs, PROJECT, startCycle, startRun } from '../db/fixture.ts';

const EXAMPLES = ['align-labels-1', 'align-labels-2', 'judge-test-1', 'judge-test-2'];

export type OpenSession = {
  readonly cycle: Cycle;
  readonly session: string;
  /** Trace ids of the items, in order. */
  readonly traces: readonly string[];
};

/** A cycle whose four label rows were answered and judged, with a session open on them; two raters fill it. */
export async function openLabelSession(db: Db): Promise<OpenSession> {
  const cycle = await startCycle(db);
  const run = await startRun(db, cycle, 'evaluate');
  const at = { project: PROJECT, run: run.name };
  await addArm(db, { ...at, arm: 'incumbent', texts: { router: 'Route.' } });
  const cells = EXAMPLES.map((example) => ({ arm: 'incumbent', example, trial: 0 }));
  await planRollouts(db, { ...at, cells });
  const rollouts = EXAMPLES.map((example, ordinal): Rollout => ({
    run: run.name,
    ordinal,
    arm: 'incumbent',
    example,
    trial: 0,
    status: 'ok',
    outputs: outputs('billing'),
    outputHash: hashJson(outputs('billing')),
    traceId: `trace-${ordinal}`,
    error: null,
    latencyMs: 1,
    price: 0,
  }));
  await saveRollouts(db, { project: PROJECT, rollouts });
  await saveAssessments(db, {
    ...at,
    assessments: rollouts.map(({ ordinal }) => ({
      ordinal,
      scorer: cycle.judge,
      assessment: {
        name: 'routing',
        value: true,
        score: 1,
        rationale: 'secret of the judge',
        error: null,
        source: `judge:${cycle.judge}`,
        evidence: {},
      },
    })),
  });
  const { session } = await openSession(db, cycle, {
    round: 1,
    judgeVersion: cycle.judge,
    ratersPerItem: 2,
    minimum: 2,
    target: 8,
    deadline: null,
    items: rollouts.map(({ example, outputHash, traceId }) => ({
      example,
      outputHash: outputHash!,
      traceId: traceId!,
      weight: 1,
      reason: 'all',
    })),
  });
  return { cycle, session: session.id, traces: rollouts.map(({ traceId }) => traceId!) };
}
