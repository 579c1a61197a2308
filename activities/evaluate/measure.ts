import * as cycles from '../../db/cycles/cycles.ts';
import type { Db } from '../../db/connect.ts';
import * as runs from '../../db/runs/runs.ts';
import type { ScoreSelection } from '../../db/runs/scores.ts';
import { type Aggregate, aggregate, scoredRow } from '../../domain/evaluate/aggregate.ts';
import type { CycleRef } from '../deps.ts';

/** The aggregate of a run, or of some of its arms and parts, from what is stored. */
export async function aggregateRun(
  db: Db,
  at: ScoreSelection & { readonly part?: string },
): Promise<Aggregate> {
  const rows = await runs.loadScores(db, at);
  return aggregate(
    rows.filter((row) => at.part === undefined || row.part === at.part).map(scoredRow),
  );
}

/** Creates a run of a cycle, with the agent and models that the preflight recorded; a repeat finds it. */
export async function openRun(
  db: Db,
  ref: CycleRef,
  fresh: {
    readonly name: string;
    readonly kind: runs.RunKind;
    readonly scorers: readonly string[];
  },
): Promise<runs.Run> {
  const { spec, agentFingerprint, models } = await cycles.getCycle(db, ref);
  const agent = typeof spec.agent === 'string' ? spec.agent : spec.agent.name;
  const known = { agent, agentFingerprint: agentFingerprint ?? '', models: models ?? {} };
  return runs.createRun(db, { ref, ...fresh, ...known });
}
