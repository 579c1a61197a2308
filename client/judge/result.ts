import type { JudgeReport } from '../../contracts/report.ts';
import type { Db } from '../../db/connect.ts';
import { type Cycle, getCycle } from '../../db/cycles/cycles.ts';
import { listPhases } from '../../db/cycles/phases.ts';
import { spendByPurpose } from '../../db/engines/spend.ts';
import { type Section, text } from '../report/blocks.ts';
import { judgeSection } from '../report/judge.ts';
import { count, usd } from '../terminal/figures.ts';

export type AlignmentAnswer = {
  readonly id: string;
  readonly state: Cycle['state'];
  readonly outcome: Cycle['outcome'];
  readonly why: string | null;
  readonly dataset: string;
  readonly adopted: boolean;
  /** Id of the judge that measures from here on. */
  readonly judge: string;
  readonly report: JudgeReport | null;
  readonly spend: Awaited<ReturnType<typeof spendByPurpose>>;
  readonly phases: Awaited<ReturnType<typeof listPhases>>;
};

/** What an alignment came to, from what is stored. */
export async function alignmentAnswer(db: Db, at: Cycle): Promise<AlignmentAnswer> {
  const [found, spend, phases] = await Promise.all([
    getCycle(db, at),
    spendByPurpose(db, at),
    listPhases(db, at),
  ]);
  return {
    id: found.key,
    state: found.state,
    outcome: found.outcome,
    why: found.note,
    dataset: found.datasetVersion,
    adopted: found.judgeReport?.adopted ?? false,
    judge: found.judge,
    report: found.judgeReport,
    spend,
    phases,
  };
}

export function alignmentSections(answer: AlignmentAnswer): readonly Section[] {
  const { report, spend, judge, adopted } = answer;
  const all = Object.values(spend);
  const calls = all.reduce((sum, row) => sum + row.calls, 0);
  const price = all.reduce((sum, row) => sum + row.price, 0);
  const by = Object.entries(spend).map(([purpose, row]) => `${purpose} ${row.calls}`);
  const made = report?.alignment?.judge ?? null;
  return [
    {
      title: `Alignment ${answer.id} on labels of ${answer.dataset}`,
      blocks: [
        text(
          adopted
            ? `${judge} was made; the name means it from here on.`
            : `${judge} stays.${made === null ? '' : ` What was learned is kept as ${made}.`}`,
          adopted ? 'good' : 'bad',
        ),
        text(`${count(calls, 'model call')} paid (${by.join(', ') || 'none'}), ${usd(price)}.`),
      ],
    },
    judgeSection({ judge: report, labels: null }),
  ];
}
