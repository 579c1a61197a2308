import { hashJson } from '../../contracts/hash.ts';
import type { JudgeVersion } from '../../contracts/scorer.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { AgreementReport, AlignmentReport, JudgeReport } from '../../contracts/report.ts';
import type { Value } from '../../contracts/value.ts';
import type { Db } from '../../db/connect.ts';
import { getJudge, listJudges } from '../../db/versions/judges.ts';
import * as runs from '../../db/runs/runs.ts';
import {
  alignInput,
  CONTESTED,
  type LeftOut,
  recordedOf,
  type TestedItem,
} from '../../domain/align/align-input.ts';
import { leftOutOf } from '../../domain/align/alignment-report.ts';
import { agreement, agreementReportOf } from '../../domain/statistics/agreement.ts';
import { humanCeiling } from '../../domain/statistics/ceiling.ts';
import { buildJudgeReport } from '../../domain/align/judge-report.ts';
import { learnedBy } from '../../domain/align/learned.ts';
import type { PairedItem } from '../../domain/align/paired.ts';
import { itemKey } from '../../domain/label/consensus.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { labelledItems } from './labels.ts';

export type TestRequest = {
  readonly project: string;
  readonly judge: string;
  /** Another judge of the same question to compare with; absent: the bare one, where the judge has memory. */
  readonly against?: string;
  readonly labels?: string;
  readonly dataset?: string;
};

export type JudgeTest = {
  readonly run: runs.Run;
  readonly judge: JudgeVersion;
  readonly against: JudgeVersion | null;
  readonly items: readonly TestedItem[];
  readonly leftOut: readonly LeftOut[];
};

/** Plans the verdicts that a test needs, or finds them; what was asked before for these judges and items is not asked again. */
export async function planTest(db: Db, request: TestRequest): Promise<JudgeTest> {
  const { project } = request;
  const judge = await getJudge(db, { project, id: request.judge });
  const against = await rivalOf(db, request, judge);
  const { definition } = judge;
  const { labels: file, dataset } = request;
  const labelled = await labelledItems(db, {
    project,
    definition,
    ...(file !== undefined && { file }),
    ...(dataset !== undefined && { dataset }),
  });
  const sound = alignInput({ definition, ...labelled, salt: judge.id });
  const isLearned = learnedBy([judge.memory, against?.memory ?? null]);
  const items = sound.items.filter((item) => !isLearned(item));
  const seen = sound.items.filter(isLearned).map(itemKey);
  const leftOut = [
    // Contested items are tested on: each label counts.
    ...sound.leftOut.filter(({ reason }) => reason !== CONTESTED),
    { reason: 'items of conversations that the judge learned from', items: seen },
  ].filter((left) => left.items.length > 0);
  if (items.length === 0)
    throw new InvalidInputError(
      [{ at: file ?? 'labels', message: `no item is left to test on: ${reasonsOf(leftOut)}` }],
      'Label outputs of conversations that the judge has not seen.',
    );
  const run = await planRun(db, { project, dataset: labelled.dataset, judge, against, items });
  return { run, judge, against, items, leftOut };
}

const reasonsOf = (leftOut: readonly LeftOut[]): string =>
  leftOut.map(({ reason, items }) => `${items.length} ${reason}`).join('; ') || 'there are none';

async function rivalOf(
  db: Db,
  { project, against }: TestRequest,
  judge: JudgeVersion,
): Promise<JudgeVersion | null> {
  if (against !== undefined) {
    const found = await getJudge(db, { project, id: against });
    if (found.id === judge.id)
      throw new InvalidInputError([
        { at: '--against', message: `${found.id} is the judge itself` },
      ]);
    if (found.name !== judge.name)
      throw new InvalidInputError([
        {
          at: '--against',
          message: `${found.id} answers another question; labels of \`${judge.name}\` say nothing about it`,
        },
      ]);
    return found;
  }
  if (judge.memory === null) return null;
  const definition = hashJson(judge.definition as unknown as JsonObject);
  const bare = (await listJudges(db, { project, name: judge.name })).filter(
    (version) =>
      version.memory === null &&
      hashJson(version.definition as unknown as JsonObject) === definition,
  );
  return bare[0] ?? null;
}

type Planning = Omit<JudgeTest, 'run' | 'leftOut'> & {
  readonly project: string;
  readonly dataset: string;
};

/** Equal judges on equal items are one run. */
function planRun(db: Db, of: Planning): Promise<runs.Run> {
  const { project, dataset, judge, against, items } = of;
  const judges = [judge, ...(against === null ? [] : [against])].map(({ id }) => id);
  const hash = hashJson([judges, dataset, items.map(itemKey)]).slice(0, 12);
  const run = `judge-test/${judge.id}/${hash}`;
  return db.transaction().execute(async (tx) => {
    const spec = { agent: 'recorded', models: {} };
    await runs.createRun(tx, {
      alone: { project, datasetVersion: dataset, spec },
      name: run,
      kind: 'judge-test',
      scorers: judges,
      agent: 'recorded',
      agentFingerprint: 'recorded',
      models: {},
    });
    await runs.addArmOfHashes(tx, { project, run, arm: 'recorded', prompts: {} });
    const cells = runs.recordedCells(items.map(recordedOf));
    await runs.planRollouts(tx, { project, run, cells });
    return runs.getRun(tx, { project, run });
  });
}

export type TestResult = {
  readonly judge: string;
  readonly against: string | null;
  readonly dataset: string;
  readonly items: number;
  readonly agreement: AgreementReport;
  /** Items without a verdict of the judge. */
  readonly missing: number;
  readonly contested: number;
  readonly ceiling: JudgeReport['ceiling'];
  /** Beside the other judge, with the paired difference and what the adoption rule says of it; null without one. */
  readonly paired: JudgeReport | null;
  readonly leftOut: AlignmentReport['leftOut'];
};

/** Agreement with people, from the verdicts that are stored. */
export async function testResult(db: Db, test: JudgeTest): Promise<TestResult> {
  const { run, judge, against, items } = test;
  const said = await valuesOf(db, run, judge.id);
  const type = judge.definition.value;
  const rows = items.map((item) => ({
    item: itemKey(item),
    conversation: item.conversation,
    labels: item.labels,
    value: said.get(itemKey(item)) ?? null,
  }));
  const found = agreement({ items: rows, type, seed: run.name });
  const others = against === null ? null : await valuesOf(db, run, against.id);
  const paired =
    others &&
    rows.map(({ value, ...row }): PairedItem => ({
      ...row,
      base: others.get(row.item) ?? null,
      aligned: value,
    }));
  return {
    judge: judge.id,
    against: against?.id ?? null,
    dataset: run.datasetVersion,
    items: items.length,
    agreement: agreementReportOf(found),
    missing: found.missing,
    contested: found.contested,
    ceiling: humanCeiling(rows, type),
    paired:
      paired &&
      buildJudgeReport({
        method: 'held-out',
        type,
        items: paired,
        memory: {
          guidelines: judge.memory?.guidelines ?? [],
          snapshots: judge.memory?.snapshots.length ?? 0,
        },
        seed: run.name,
      }),
    leftOut: leftOutOf(test.leftOut),
  };
}

async function valuesOf(
  db: Db,
  { project, name: run }: runs.Run,
  scorer: string,
): Promise<ReadonlyMap<string, Value>> {
  const rows = await runs.loadScores(db, { project, run, scorer });
  return new Map(
    rows.flatMap(({ example, outputHash, assessment }) =>
      outputHash === null || assessment?.value == null
        ? []
        : [[itemKey({ example, outputHash }), assessment.value] as const],
    ),
  );
}
