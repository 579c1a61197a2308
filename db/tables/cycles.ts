import type { ColumnType, Generated } from 'kysely';
import type { Phase } from '../../contracts/progress.ts';
import type {
  CycleReport,
  GateReport,
  JudgeReport,
  Outcome,
  Verdict,
} from '../../contracts/report.ts';
import type { CycleSpec } from '../../contracts/spec.ts';
import type { BudgetScope } from '../engines/budgets.ts';
import type { CycleKind } from '../cycles/cycles.ts';
import type { JsonColumn, Maybe, MaybeJson, MaybeTime, Given } from './column.ts';

type Numbers = Readonly<Record<string, number>>;
type Texts = Readonly<Record<string, string>>;

type CycleTable = {
  project: string;
  kind: Generated<CycleKind>;
  key: string;
  name: string;
  number: number;
  spec: JsonColumn<CycleSpec>;
  policy_hash: Maybe<string>;
  state: Generated<'running' | 'failed' | 'ended'>;
  phase: Maybe<Phase>;
  outcome: Maybe<Outcome>;
  verdict: Maybe<Verdict>;
  dataset_version: string;
  base_judge: string;
  judge: string;
  scorers: ColumnType<string[], readonly string[] | undefined, never>;
  judge_report: MaybeJson<JudgeReport>;
  judge_kappa_lower: Maybe<number>;
  optimize_report: MaybeJson<CycleReport['optimize']>;
  note: Maybe<string>;
  incumbent: JsonColumn<Numbers>;
  finalist: MaybeJson<Numbers>;
  finalist_hash: Maybe<string>;
  agent_fingerprint: Maybe<string>;
  models: MaybeJson<Texts>;
  gate_report: MaybeJson<GateReport>;
  created_at: Given<Date>;
  ended_at: MaybeTime;
  pools: Maybe<string>;
};

type CyclePhaseTable = {
  project: string;
  cycle: string;
  phase: Phase;
  seq: Given<string>;
  note: string;
  started_at: Given<Date>;
  ended_at: MaybeTime;
};

type ReportTable = {
  project: string;
  cycle: string;
  report: JsonColumn<CycleReport>;
  evidence_hash: string;
  created_at: Given<Date>;
};

type BudgetTable = {
  project: string;
  cycle: string;
  phase: BudgetScope;
  limit_usd: number | null;
  limit_tokens: ColumnType<string | null, number | null, number | null>;
};

type BudgetReservationTable = {
  project: string;
  cycle: string;
  work: string;
  usd: number;
  tokens: ColumnType<string, number, number>;
  holder: number;
  reserved_at: ColumnType<Date, never, Date>;
};

export type CycleTables = {
  cycle: CycleTable;
  cycle_phase: CyclePhaseTable;
  report: ReportTable;
  budget: BudgetTable;
  budget_reservation: BudgetReservationTable;
};
