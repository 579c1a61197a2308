import type { GateReport } from '../../contracts/report.ts';
import type { GatePolicy } from '../../contracts/spec.ts';
import { applicableTo } from './applicable.ts';
import { armEstimate } from './arm-estimate.ts';
import type { GateRecord } from './gate-record.ts';
import { checkScores, primaryScore, tabulate } from './gate-record.ts';
import { testGuardrails } from './guardrails.ts';
import { judgeFault, judgeNote } from './judge-floor.ts';
import type { JudgeCheck } from './judge-floor.ts';
import { lookAlpha } from './looks.ts';
import { missingReport } from './missing.ts';
import type { MissingReport } from './missing.ts';
import { clustersNeeded, declaredDelta } from './needed.ts';
import { differenceTotals, pairsOf, worstCasePairs } from './pair.ts';
import { checkByPeople, peopleFault, peopleNote, peopleUpper } from './people-check.ts';
import type { CheckedExample, PeopleCheck } from './people-check.ts';
import { peopleReport } from './people-report.ts';
import { LEAST_CLUSTERS, primaryTest } from './primary.ts';
import type { PrimaryTest } from './primary.ts';
import { decideVerdict } from './verdict.ts';

export type GateInput = {
  readonly policy: GatePolicy;
  /** Seeds come from it. */
  readonly policyHash: string;
  /** Number of this look, from 1; null where looks are not counted and alpha is used whole. */
  readonly look: number | null;
  /** Name of the one primary metric. */
  readonly primary: string;
  readonly records: readonly GateRecord[];
  /** Trials each example should have: the policy's, or 1 for an agent declared deterministic. */
  readonly trials: number;
  readonly judge: JudgeCheck;
  /** What people said of both arms' outputs beside what the judge said, where the policy asks them. */
  readonly people?: readonly CheckedExample[];
  /** No gate of this database had looked at anything before: looks elsewhere are not known. */
  readonly ledgerStartsHere?: boolean;
  /** The inconclusive cycle whose part is pooled with fresh conversations. */
  readonly pooled?: string;
  /** Why the sealed part may no longer be used (opened or retired). */
  readonly spent?: string;
};

export type GateDecision = {
  readonly report: GateReport;
  readonly method: PrimaryTest['method'];
  readonly missing: MissingReport;
  readonly worstCase: PrimaryTest;
};

/** The verdict of the gate on its records (specs/promote.md, "The gate"). Throws GateRecordError. */
export function decideGate(input: GateInput): GateDecision {
  const { policy, trials } = input;
  checkScores(input.records);
  const records = applicableTo(input.records, input.primary);
  const cells = tabulate({ records, trials, valueOf: primaryScore });
  const alpha = input.look === null ? policy.alpha : lookAlpha(policy.alpha, input.look);
  const totals = differenceTotals(pairsOf(cells));
  const missing = missingReport(cells);
  const settings = { margin: policy.margin, alpha, strict: policy.strict, seed: input.policyHash };
  const primary = primaryTest({ ...settings, totals });
  const isWhole = missing.incumbent.missing + missing.finalist.missing === 0;
  const worstCase = isWhole
    ? primary
    : primaryTest({ ...settings, totals: differenceTotals(worstCasePairs(cells)) });
  const guardrails = testGuardrails({ ...input, seed: input.policyHash });
  const people = input.people === undefined ? null : checkByPeople(input.people);
  const upperByPeople = people === null ? null : peopleUpper(people);
  const faults = faultsOf(input, { clusters: totals.length, missing, people });
  const { verdict, reasons } = decideVerdict({
    ...settings,
    faults,
    primary,
    guardrails,
    worstCase,
    ...(upperByPeople !== null && { peopleUpper: upperByPeople }),
  });
  const report: GateReport = {
    verdict,
    look: input.look ?? 0,
    alpha,
    estimate: primary.estimate,
    p: primary.p,
    lower: primary.lower,
    upper: primary.upper,
    margin: policy.margin,
    examples: pairsOf(cells).length,
    clusters: totals.length,
    trials,
    incumbent: armEstimate({ cells, records, arm: 'incumbent' }),
    finalist: armEstimate({ cells, records, arm: 'finalist' }),
    guardrails,
    clustersNeeded: clustersNeeded({
      totals,
      alpha,
      margin: policy.margin,
      delta: declaredDelta(policy),
    }),
    ...(people !== null && { people: peopleReport(people) }),
    reasons: [...reasons],
    notes: [...notesOf(input, primary, people), ...silentNote(input)],
  };
  return { report, method: primary.method, missing, worstCase };
}

type Measured = {
  readonly clusters: number;
  readonly missing: MissingReport;
  readonly people: PeopleCheck | null;
};

function faultsOf(input: GateInput, { clusters, missing, people }: Measured): string[] {
  const { judge, policy, spent } = input;
  const few = `${clusters} clusters measured under both arms; the gate needs at least ${LEAST_CLUSTERS}`;
  const judged = judgeFault(judge, policy.judgeFloor);
  const unchecked = people === null ? null : peopleFault(people, askedClusters(input));
  return [
    ...(spent === undefined ? [] : [`the sealed part is spent: ${spent}`]),
    ...(clusters < LEAST_CLUSTERS ? [few] : []),
    ...missing.faults,
    ...(judged === null ? [] : [judged]),
    ...(unchecked === null ? [] : [unchecked]),
  ];
}

function askedClusters({ policy, people = [] }: GateInput): number {
  const there = new Set(people.map(({ cluster }) => cluster)).size;
  return Math.min(policy.peopleCheck?.clusters ?? there, there);
}

function silentNote({ records, primary }: GateInput): string[] {
  const silent = examplesOf(records) - examplesOf(applicableTo(records, primary));
  if (silent === 0) return [];
  return [
    `${primary} has nothing to say (not applicable) of ${silent} examples under either arm: they count in no figure of it.`,
  ];
}

const examplesOf = (records: readonly GateRecord[]): number =>
  new Set(records.map(({ exampleId }) => exampleId)).size;

const LEDGER_STARTS =
  'The ledger of looks starts here: looks at these conversations in another database are not known.';

function notesOf(
  { look, primary, judge, ledgerStartsHere = false, pooled }: GateInput,
  { method, clusters }: PrimaryTest,
  people: PeopleCheck | null,
): string[] {
  return [
    `Primary metric: ${primary}; every other figure is exploratory.`,
    people === null ? judgeNote(judge) : peopleNote(people),
    ...(look === null ? ['Looks not counted: nothing keeps this data sealed.'] : []),
    ...(ledgerStartsHere ? [LEDGER_STARTS] : []),
    ...(pooled === undefined
      ? []
      : [
          `Fresh conversations are pooled with the inconclusive part of ${pooled}, as look ${look}.`,
        ]),
    ...(method === 'betting'
      ? [
          `With ${clusters} clusters a betting test decides; it needs more evidence than the studentized one, by whose formula the conversations that would decide are estimated: they may be too few.`,
        ]
      : []),
  ];
}
