import { milliseconds } from '../../contracts/duration.ts';
import * as cycles from '../../db/cycles/cycles.ts';
import type { Db } from '../../db/connect.ts';
import { getJudge } from '../../db/versions/judges.ts';
import { gateRunsOf } from '../../db/cycles/pool.ts';
import { loadGateOutputs } from '../../db/cycles/gate-records.ts';
import { listLabels } from '../../db/labels/labels.ts';
import * as sessions from '../../db/labels/sessions.ts';
import {
  checkedExamples,
  type CheckSample,
  itemsToCheck,
  scoresByPeople,
} from '../../domain/promote/checked-outputs.ts';
import type { CheckedExample } from '../../domain/promote/people-check.ts';
import type { ActivityDeps, CycleRef } from '../deps.ts';
import { type OpenedSession, standingOf } from './labelling.ts';

/** Opens the session in which people label outputs of both arms, blind; a retry answers the one that is open. */
export async function openCheck({ db, now }: ActivityDeps, ref: CycleRef): Promise<OpenedSession> {
  const cycle = await cycles.getCycle(db, ref);
  const policy = checkPolicy(cycle);
  const items = itemsToCheck(await sampleOf(db, cycle));
  const wanted = items.length * policy.raters;
  const opened = await sessions.openSession(db, ref, {
    kind: 'check',
    round: 1,
    judgeVersion: cycle.judge,
    ratersPerItem: policy.raters,
    // To end before every output is labelled would be to choose among them.
    minimum: items.length,
    target: wanted,
    deadline: new Date(now() + milliseconds(policy.deadline)).toISOString(),
    items: items.map((item) => ({ ...item, weight: null, reason: 'people check' })),
  });
  return standingOf(db, { ...opened, now: now() });
}

/** Judge and people side by side, once the check is closed; null where the policy asks nobody. */
export async function peopleOf(
  db: Db,
  cycle: cycles.Cycle,
): Promise<readonly CheckedExample[] | null> {
  if (cycle.spec.gate.peopleCheck === undefined) return null;
  const { project } = cycle;
  const { name, definition } = await getJudge(db, { project, id: cycle.judge });
  const labels = await listLabels(db, { project, name, sealed: true });
  const people = scoresByPeople(labels, definition.value);
  return checkedExamples({ ...(await sampleOf(db, cycle)), people });
}

const checkPolicy = (cycle: cycles.Cycle) => {
  const policy = cycle.spec.gate.peopleCheck;
  if (policy === undefined) throw new Error(`${cycle.key}: its policy asks nobody to check`);
  return policy;
};

async function sampleOf(db: Db, cycle: cycles.Cycle): Promise<CheckSample> {
  const gateRuns = await gateRunsOf(db, cycle);
  const outputs = (
    await Promise.all(gateRuns.map((run) => loadGateOutputs(db, { project: cycle.project, run })))
  ).flat();
  return { outputs, seed: cycle.policyHash!, count: checkPolicy(cycle).clusters };
}
