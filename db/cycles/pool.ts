import type { Db } from '../connect.ts';
import { type CycleRef, cycleKey, getCycle } from './cycles.ts';
import { type Freeze, getFreeze } from './gate.ts';

/** `<name>/<number>` as a reference. */
export function refOfKey(project: string, key: string): CycleRef {
  const at = key.lastIndexOf('/');
  return { project, cycle: key.slice(0, at), number: Number(key.slice(at + 1)) };
}

/** Freezes of the inconclusive cycles that a cycle pools with, oldest first; none where it stands alone. */
export async function pooledFreezes(db: Db, ref: CycleRef): Promise<readonly Freeze[]> {
  const { pools } = await getCycle(db, ref);
  if (pools === null) return [];
  const earlier = refOfKey(ref.project, pools);
  const own = await getFreeze(db, earlier);
  return [...(await pooledFreezes(db, earlier)), ...(own === null ? [] : [own])];
}

/** Runs whose rows a gate decides on: its own, after those it pools with. */
export async function gateRunsOf(db: Db, ref: CycleRef): Promise<readonly string[]> {
  return [...(await pooledFreezes(db, ref)).map(({ run }) => run), `${cycleKey(ref)}/gate`];
}
