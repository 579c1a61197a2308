import { hashJson } from '../../contracts/hash.ts';
import type { Json } from '../../contracts/json.ts';
import type { Outcome, Verdict } from '../../contracts/report.ts';
import * as candidates from '../../db/engines/candidates.ts';
import type { Db } from '../../db/connect.ts';
import * as cycles from '../../db/cycles/cycles.ts';
import { listMemberships } from '../../db/data/memberships.ts';
import { getDataset } from '../../db/data/datasets.ts';
import { getJudge } from '../../db/versions/judges.ts';
import * as runs from '../../db/runs/runs.ts';
import { gateRunsOf } from '../../db/cycles/pool.ts';
import { type CycleRef, evaluateRun, optimizeRun } from '../deps.ts';

/**
 * Hash over splits, versions, scores, candidates and verdict, so that two runs of a cycle can be compared. It names
 * things by example, output hash and content; clocks, spend and generated ids have no part in it.
 */
export async function evidenceHash(
  db: Db,
  ref: CycleRef,
  ending: { readonly outcome: Outcome; readonly verdict: Verdict | null },
): Promise<string> {
  const { project } = ref;
  const cycle = await cycles.getCycle(db, ref);
  const dataset = await getDataset(db, { project, id: cycle.datasetVersion });
  const members = await listMemberships(db, { project });
  const judges = await Promise.all(
    [cycle.baseJudge, cycle.judge].map((id) => getJudge(db, { project, id })),
  );
  const found = await candidates.listCandidates(db, { project, run: optimizeRun(ref) });
  const scores = await Promise.all(
    [evaluateRun(ref), optimizeRun(ref), ...(await gateRunsOf(db, ref))].map((run) =>
      scoresOf(db, { project, run }),
    ),
  );
  return hashJson({
    dataset: dataset.hash,
    splits: members.map(({ conversation, part }) => [conversation, part]),
    policy: cycle.policyHash,
    judges: judges.map((judge) => judge.hash),
    incumbent: cycle.incumbent,
    finalist: cycle.finalistHash,
    candidates: found.map(({ hash, parents, validation }) => [hash, [...parents], validation]),
    scores,
    verdict: ending.verdict,
    outcome: ending.outcome,
  });
}

async function scoresOf(db: Db, at: runs.RunRef): Promise<Json> {
  const rows = await runs.loadScores(db, at);
  return rows.map((row) => [
    row.arm,
    row.example,
    row.trial,
    row.status,
    row.outputHash,
    row.assessment?.value ?? null,
    row.assessment?.score ?? null,
  ]);
}
