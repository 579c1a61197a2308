import type { Db } from '../../db/connect.ts';
import { type Cycle, getCycle } from '../../db/cycles/cycles.ts';
import { totalSpend } from '../../db/engines/spend.ts';
import type { Cli } from '../cli.ts';
import { count, usd } from '../terminal/figures.ts';
import { type Followed, followWorkflow } from '../workflows.ts';
import { alignmentIdOf } from './start.ts';

/** Follows an alignment to its end: phase, calls and spend. */
export async function watchAlignment(
  cli: Cli,
  alignment: Cycle,
  signal: AbortSignal,
): Promise<Followed> {
  const db = await cli.connections.database();
  return followWorkflow(cli, {
    id: alignmentIdOf(alignment),
    signal,
    async look(line) {
      if (!cli.json) line.show(await progressOf(db, alignment));
    },
  });
}

async function progressOf(db: Db, at: Cycle): Promise<string> {
  const [{ phase, note }, spend] = await Promise.all([getCycle(db, at), totalSpend(db, at)]);
  return `     ${(phase ?? 'starting').padEnd(9)} ${note ?? ''}, ${count(spend.calls, 'model call')}, spent ${usd(spend.usd)}`;
}
