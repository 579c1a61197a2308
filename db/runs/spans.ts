import type { TraceSpans } from '../../contracts/trace-outline.ts';
import type { Db } from '../connect.ts';
import { SealedError } from '../errors.ts';
import { findRunHeader } from './rollouts.ts';
import type { RunRef } from './runs.ts';
import { outlineSpans } from '../traces/outline.ts';

const ROLLOUTS_A_READ = 2_000;

/** The traces of a run's rollouts, by ordinal; recorded outputs have those they were taken from. @throws SealedError for a gate */
export async function loadRunTraces(db: Db, at: RunRef): Promise<readonly TraceSpans[]> {
  const run = await findRunHeader(db, at);
  if (run?.kind === 'gate') throw new SealedError(`run ${at.run}`);
  const found: TraceSpans[] = [];
  for (let from = 0; ; from += ROLLOUTS_A_READ) {
    const rollouts = await db
      .selectFrom('rollout')
      .select(['example', 'trace'])
      .where('project', '=', at.project)
      .where('run', '=', at.run)
      .where('ordinal', '>=', from)
      .where('ordinal', '<', from + ROLLOUTS_A_READ)
      .orderBy('ordinal')
      .execute();
    if (rollouts.length === 0) return found;
    const traced = rollouts.flatMap(({ example, trace }) =>
      trace === null ? [] : [{ example, trace }],
    );
    const traces = traced.map(({ trace }) => trace);
    const spans = await outlineSpans(db, { project: at.project, traces });
    for (const { example, trace } of traced)
      found.push({ trace, example, spans: spans.get(trace) ?? [] });
  }
}
