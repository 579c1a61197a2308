import { changeText } from '../../contracts/dialect.ts';
import type { CycleReport, Outcome, Verdict } from '../../contracts/report.ts';
import { dialectsOfCycle } from '../../db/engines/dialects.ts';
import * as candidates from '../../db/engines/candidates.ts';
import type { Db } from '../../db/connect.ts';
import * as cycles from '../../db/cycles/cycles.ts';
import { countParts } from '../../db/data/datasets.ts';
import * as phases from '../../db/cycles/phases.ts';
import { spendByPurpose } from '../../db/engines/spend.ts';
import { saveReport } from '../../db/cycles/reports.ts';
import { estimateOf } from '../../domain/evaluate/aggregate.ts';
import { lineDiff } from '../../domain/line-diff.ts';
import { claimsOf } from './claims.ts';
import { type ActivityDeps, type CycleRef, evaluateRun, optimizeRun } from '../deps.ts';
import { evidenceHash } from '../promote/evidence.ts';
import { goldReport } from './gold.ts';
import { incumbentArm } from '../evaluate/evaluation.ts';
import { labelSummary } from '../label/figures.ts';
import { aggregateRun } from '../evaluate/measure.ts';

export type Ending = {
  readonly ref: CycleRef;
  readonly outcome: Outcome;
  readonly verdict: Verdict | null;
  readonly why: string;
};

export type Written = {
  readonly evidenceHash: string;
  /** A few lines of markdown for the Temporal UI. */
  readonly summary: string;
  /** Score of the arm that stands in the end; null where it was not measured. */
  readonly score: number | null;
};

/** Ends the cycle: its report is made from what is stored, and kept; in one transaction, so that no cycle has ended without a report. */
export async function writeReport(deps: ActivityDeps, ending: Ending): Promise<Written> {
  const { ref, outcome, verdict, why } = ending;
  const report = await deps.db.transaction().execute(async (tx) => {
    await phases.endCycle(tx, ref);
    await cycles.updateCycle(tx, ref, { outcome, verdict, note: why });
    const assembled = await assemble({ ...deps, db: tx }, ending);
    await saveReport(tx, ref, assembled);
    return assembled;
  });
  const standing =
    outcome === 'promoted' ? report.gate?.finalist : (report.gate?.incumbent ?? report.baseline);
  return {
    evidenceHash: report.evidenceHash,
    summary: summaryOf(report, why),
    score: standing?.mean ?? null,
  };
}

async function assemble(deps: ActivityDeps, ending: Ending): Promise<CycleReport> {
  const { db } = deps;
  const { ref, outcome, verdict } = ending;
  const { project } = ref;
  const cycle = await cycles.getCycle(db, ref);
  const parts = await countParts(db, { project, version: cycle.datasetVersion });
  const arm = await incumbentArm(db, ref);
  const evaluation = await aggregateRun(db, { project, run: evaluateRun(ref) });
  const others = await otherScorers(db, cycle);
  const validation = { project, run: optimizeRun(ref), arms: [arm.hash], part: 'validation' };
  const baseline = await aggregateRun(db, validation);
  const found = await candidates.listCandidates(db, { project, run: optimizeRun(ref) });
  const labels = await labelSummary(db, ref);
  const dialects = await dialectsOfCycle(db, cycle);
  const report: Omit<CycleReport, 'claims'> = {
    id: `cycle/${project}/${cycle.key}`,
    cycle: ref.cycle,
    number: ref.number,
    project,
    outcome,
    verdict,
    practiceModel: deps.practice,
    scriptedReviewer: labels?.scripted ?? false,
    phases: await phases.listPhases(db, ref),
    splits: Object.fromEntries(
      Object.entries(parts).map(([part, { conversations, rows }]) => [
        part,
        { conversations, rows },
      ]),
    ),
    evaluation: measuredOrNull(evaluation),
    ...(others.length > 0 && { scorers: Object.fromEntries(others) }),
    labels: labels?.counts ?? null,
    judge: cycle.judgeReport,
    baseline: measuredOrNull(baseline),
    candidates: found.map(({ hash, parents, validation: mean, discoveredAt, length }) => ({
      hash,
      parents: [...parents],
      validation: mean,
      discoveredAt,
      length,
    })),
    optimize: cycle.optimizeReport,
    gate: cycle.gateReport,
    gold: await goldReport(db, ref),
    prompts: await promptDiffs(deps, cycle),
    spend: await spendByPurpose(db, ref),
    ...(dialects.length > 0 && {
      dialects: [...new Set(dialects.map((of) => `${of.model}: ${changeText(of.change)}`))],
    }),
    links: {},
    evidenceHash: await evidenceHash(db, ref, ending),
  };
  return { ...report, claims: claimsOf(report, ending.why) };
}

/** What the scorers beside the judge measured in the evaluate phase. */
const otherScorers = (db: Db, cycle: cycles.Cycle) =>
  Promise.all(
    cycle.scorers.map(async (scorer) => {
      const found = await aggregateRun(db, {
        project: cycle.project,
        run: evaluateRun(cycle),
        scorer,
      });
      return [scorer, estimateOf(found)] as const;
    }),
  );

const measuredOrNull = (found: Awaited<ReturnType<typeof aggregateRun>>) =>
  found.n + found.missing === 0 ? null : estimateOf(found);

async function promptDiffs(
  { db }: ActivityDeps,
  cycle: cycles.Cycle,
): Promise<CycleReport['prompts']> {
  const { project, incumbent, finalist } = cycle;
  const before = await cycles.textsOf(db, { project, numbers: incumbent });
  const after = finalist === null ? null : await cycles.textsOf(db, { project, numbers: finalist });
  return Object.entries(incumbent).map(([name, from]) => ({
    name,
    from,
    to: finalist?.[name] ?? null,
    diff: after === null ? '' : lineDiff(before[name]!, after[name]!),
  }));
}

const percent = (x: number | null): string =>
  x === null ? 'not measured' : `${(100 * x).toFixed(1)} %`;

function summaryOf(report: CycleReport, why: string): string {
  const gate = report.gate;
  return [
    `**${report.outcome}**${report.verdict === null ? '' : ` (verdict ${report.verdict})`}: ${why}`,
    ...(gate === null
      ? []
      : [
          `- incumbent ${percent(gate.incumbent.mean)}, finalist ${percent(gate.finalist.mean)} on ${gate.examples} sealed examples, look ${gate.look}`,
        ]),
    ...(report.judge === null ? [] : [`- judge: ${report.judge.why}`]),
    ...report.claims.map((claim) => `- ${claim}`),
    `- evidence ${report.evidenceHash.slice(0, 16)}`,
  ].join('\n');
}
