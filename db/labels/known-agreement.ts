import type { AgreementReport } from '../../contracts/report.ts';
import type { Db } from '../connect.ts';
import { listCycles } from '../cycles/cycles.ts';

export type KnownAgreement = {
  /** The cycle or alignment that measured it. */
  readonly where: string;
  readonly method: 'held-out' | 'cross-fitted';
  readonly agreement: AgreementReport;
};

/** The last agreement with people that a cycle or an alignment found of a judge version; null where none did. */
export async function knownAgreement(
  db: Db,
  { project, judge }: { readonly project: string; readonly judge: string },
): Promise<KnownAgreement | null> {
  const all = await Promise.all(
    (['cycle', 'align'] as const).map((kind) => listCycles(db, { project, kind })),
  );
  const newest = all.flat().sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  for (const { key, kind, baseJudge, judgeReport: report } of newest) {
    if (report === null) continue;
    const where = `${kind === 'align' ? 'alignment' : 'cycle'} ${key}`;
    const made = report.alignment?.judge ?? null;
    if (made === judge && report.aligned !== null)
      return { where, method: report.method, agreement: report.aligned };
    if (baseJudge === judge) return { where, method: report.method, agreement: report.base };
  }
  return null;
}
