import type { Db } from '../../db/connect.ts';
import { type Cycle, getCycle } from '../../db/cycles/cycles.ts';
import { openSealed } from '../../db/cycles/gate.ts';
import { pooledFreezes, refOfKey } from '../../db/cycles/pool.ts';
import { UnfitSpecError } from '../unfit.ts';

/**
 * Fresh examples may be pooled with an inconclusive part for the same finalist: everything else must be as it was then, and there must be
 * fresh ones. @throws UnfitSpecError
 */
export async function mustPool(db: Db, cycle: Cycle, policyHash: string): Promise<void> {
  const { project, pools, datasetVersion } = cycle;
  const earlier = await getCycle(db, refOfKey(project, pools!));
  const before = new Set((await pooledFreezes(db, cycle)).flatMap(({ examples }) => examples));
  const now = new Set(await openSealed(db, { project, version: datasetVersion }));
  const lost = [...before].filter((id) => !now.has(id)).length;
  const fresh = [...now].filter((id) => !before.has(id)).length;
  const faults = [
    ...(earlier.verdict === 'inconclusive'
      ? []
      : [`${pools} ended as ${earlier.verdict}; only an inconclusive part is pooled`]),
    ...(earlier.policyHash === policyHash
      ? []
      : [`policy, agent, models or scorers are not those of ${pools}; start a cycle of its own`]),
    ...(lost > 0
      ? [
          `${lost} examples of the part of ${pools} are not in ${datasetVersion}, or were opened; a part is pooled as a whole`,
        ]
      : []),
    ...(fresh === 0
      ? [`${datasetVersion} holds no fresh sealed conversation; import some into the dataset first`]
      : []),
  ];
  if (faults.length > 0) throw new UnfitSpecError(faults);
}
