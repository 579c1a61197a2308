import type { ColumnType, Generated } from 'kysely';
import type { AssessmentError } from '../../contracts/assessment.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import type { RolloutStatus } from '../../contracts/rollout.ts';
import type { RunSpec } from '../../contracts/run.ts';
import type { SpanKind, SpanOrigin, SpanUsage } from '../../contracts/trace.ts';
import type { Value } from '../../contracts/value.ts';
import type { RunKind } from '../runs/runs.ts';
import type { JsonColumn, Maybe, MaybeJson, Given } from './column.ts';

type Texts = Readonly<Record<string, string>>;

type RunTable = {
  project: string;
  name: string;
  kind: RunKind;
  cycle: string | null;
  spec: MaybeJson<RunSpec>;
  attempt: Generated<number>;
  dataset_version: string;
  primary_scorer: string;
  agent: string;
  agent_fingerprint: string;
  models: JsonColumn<Texts>;
  git_commit: Maybe<string>;
  planned: Generated<number>;
  created_at: Given<Date>;
};

type RunScorerTable = {
  project: string;
  run: string;
  scorer: string;
  position: number;
};

type RunArmTable = {
  project: string;
  run: string;
  arm: string;
  hash: string;
  prompts: JsonColumn<Texts>;
};

type RolloutTable = {
  project: string;
  run: string;
  ordinal: number;
  arm: string;
  example: string;
  trial: number;
  status: RolloutStatus;
  outputs: MaybeJson<JsonObject>;
  output_hash: Maybe<string>;
  trace: Maybe<string>;
  error: MaybeJson<AssessmentError>;
  latency_ms: Maybe<number>;
  price: Maybe<number>;
};

type AssessmentTable = {
  project: string;
  run: string;
  ordinal: number;
  scorer: string;
  repeat: number;
  name: string;
  value: MaybeJson<Value>;
  score: Maybe<number>;
  rationale: Maybe<string>;
  error: MaybeJson<AssessmentError>;
  source: string;
  evidence: JsonColumn<Json>;
};

type TraceTable = {
  project: string;
  id: string;
  run: string | null;
  status: 'OK' | 'ERROR';
  inputs: JsonColumn<Json>;
  outputs: JsonColumn<Json>;
  tags: Generated<Texts>;
  name: Generated<string>;
  session: Maybe<string>;
  started: Generated<number>;
  latency_ms: Maybe<number>;
  input_tokens: Tokens;
  output_tokens: Tokens;
  created_at: Given<Date>;
};

/** PostgreSQL gives a bigint as text. */
type Tokens = ColumnType<string | null, number | null | undefined, number | null>;

type SpanTable = {
  project: string;
  trace: string;
  ordinal: number | null;
  id: string;
  parent: string | null;
  name: string;
  kind: SpanKind;
  started: number;
  ended: number;
  status: 'OK' | 'ERROR';
  message: string | null;
  inputs: JsonColumn<Json>;
  outputs: JsonColumn<Json>;
  usage: MaybeJson<SpanUsage>;
  attributes: JsonColumn<{ readonly [key: string]: Json }>;
  session: Maybe<string>;
  origin: MaybeJson<SpanOrigin>;
};

export type RunTables = {
  run: RunTable;
  run_scorer: RunScorerTable;
  run_arm: RunArmTable;
  rollout: RolloutTable;
  assessment: AssessmentTable;
  trace: TraceTable;
  span: SpanTable;
};
