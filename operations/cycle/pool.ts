import { z } from 'zod';
import { refuse } from '../../contracts/invalid-input.ts';
import { createCycle, getCycle, updateCycle } from '../../db/cycles/cycles.ts';
import { getDataset } from '../../db/data/datasets.ts';
import type { Operation } from '../operation.ts';
import { beginCycle } from './begin.ts';
import { findCycle } from './find.ts';
import { cycleReference, started, startedOf } from './shapes.ts';

const input = z.strictObject({ cycle: cycleReference });

export const poolCycle = {
  name: 'cycle.pool',
  says: 'Gates the finalist of an inconclusive cycle again, with fresh conversations beside its own: the next look.',
  role: 'editor',
  effect: 'spends',
  input,
  output: started,
  example: { cycle: 'telecom/1' },
  audit: ({ cycle }, { id }) => ({ subject: id, detail: { pools: cycle } }),
  async run(context, { cycle: reference }) {
    const { db } = context;
    const earlier = await findCycle(context, reference);
    const { project, key, finalist, verdict } = earlier;
    if (verdict !== 'inconclusive' || finalist === null)
      refuse(
        key,
        `is ${verdict ?? earlier.outcome ?? earlier.state}; only an inconclusive part can be pooled`,
      );
    const name = earlier.datasetVersion.split('@')[0]!;
    const cycle = await createCycle(db, {
      project,
      cycle: earlier.cycle,
      spec: earlier.spec,
      datasetVersion: (await getDataset(db, { project, id: name })).id,
      baseJudge: earlier.baseJudge,
      scorers: earlier.scorers,
      incumbent: earlier.incumbent,
      pools: key,
    });
    await updateCycle(db, cycle, {
      judge: earlier.judge,
      judgeReport: earlier.judgeReport,
      judgeKappaLower: earlier.judgeKappaLower,
      finalist,
      finalistHash: earlier.finalistHash,
    });
    return startedOf(cycle);
  },
  async after({ db, temporal }, _, made) {
    await beginCycle({ client: await temporal(), cycle: await getCycle(db, made) });
    return made;
  },
} as const satisfies Operation<typeof input, typeof started>;
