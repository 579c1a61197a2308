import type { CycleReport } from '../../contracts/report.ts';
import { json } from '../column.ts';
import type { Db } from '../connect.ts';
import { type CycleRef, cycleKey } from './cycles.ts';

/** Keeps the report of a cycle; a repeat replaces it. */
export async function saveReport(db: Db, ref: CycleRef, report: CycleReport): Promise<void> {
  const row = { report: json(report), evidence_hash: report.evidenceHash };
  await db
    .insertInto('report')
    .values({ project: ref.project, cycle: cycleKey(ref), ...row })
    .onConflict((conflict) => conflict.columns(['project', 'cycle']).doUpdateSet(row))
    .execute();
}

/** Null while the cycle has none. */
export async function getReport(db: Db, ref: CycleRef): Promise<CycleReport | null> {
  const row = await db
    .selectFrom('report')
    .select('report')
    .where('project', '=', ref.project)
    .where('cycle', '=', cycleKey(ref))
    .executeTakeFirst();
  return row?.report ?? null;
}
