import type { Cycle } from '../../db/cycles/cycles.ts';
import { createCycle, updateCycle } from '../../db/cycles/cycles.ts';
import { getDataset } from '../../db/data/datasets.ts';
import type { Cli } from '../cli.ts';
import { refuse } from '../../contracts/invalid-input.ts';
import { type CycleName } from './reference.ts';
import { ensureRunning } from './start.ts';

/** Gates the finalist of an inconclusive cycle again, its part pooled with what is fresh in its dataset. @throws InvalidInputError */
export async function poolCycle(cli: Cli, earlier: Cycle): Promise<CycleName> {
  const { project, key, finalist, verdict } = earlier;
  if (verdict !== 'inconclusive' || finalist === null)
    refuse(
      key,
      `is ${verdict ?? earlier.outcome ?? earlier.state}; only an inconclusive part can be pooled`,
    );
  const db = await cli.connections.database();
  const name = earlier.datasetVersion.split('@')[0]!;
  const made = await db.transaction().execute(async (tx) => {
    const cycle = await createCycle(tx, {
      project,
      cycle: earlier.cycle,
      spec: earlier.spec,
      datasetVersion: (await getDataset(tx, { project, id: name })).id,
      baseJudge: earlier.baseJudge,
      scorers: earlier.scorers,
      incumbent: earlier.incumbent,
      pools: key,
    });
    return updateCycle(tx, cycle, {
      judge: earlier.judge,
      judgeReport: earlier.judgeReport,
      judgeKappaLower: earlier.judgeKappaLower,
      finalist,
      finalistHash: earlier.finalistHash,
    });
  });
  const pooled = { project, cycle: made.cycle, number: made.number };
  await ensureRunning(cli, pooled);
  return pooled;
}
