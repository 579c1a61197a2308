import type { ColumnType, Generated } from 'kysely';
import type { Change } from '../../contracts/dialect.ts';
import type { Json } from '../../contracts/json.ts';
import type { Purpose } from '../../contracts/model.ts';
import type { JsonColumn, Maybe, MaybeJson, Given } from './column.ts';

type TextArray = ColumnType<string[], readonly string[], readonly string[]>;

type EngineStepTable = {
  project: string;
  run: string;
  turn: number;
  state: JsonColumn<Json>;
  events: JsonColumn<readonly Json[]>;
  asks: JsonColumn<readonly Json[]>;
  done: boolean;
  result: MaybeJson<Json>;
  from_ordinal: number;
  to_ordinal: number;
  created_at: Given<Date>;
};

type EngineReplyTable = {
  project: string;
  run: string;
  ask: string;
  reply: JsonColumn<Json>;
  created_at: Given<Date>;
};

type OptimizerCandidateTable = {
  project: string;
  run: string;
  hash: string;
  position: number;
  parents: TextArray;
  prompts: JsonColumn<Readonly<Record<string, string>>>;
  validation: Maybe<number>;
  fronts: TextArray;
  discovered_at: number;
  length: number;
};

type ModelReplyTable = {
  key: string;
  purpose: Purpose;
  model: string;
  project: string;
  cycle: string | null;
  draw: string;
  reply: JsonColumn<Json>;
  input_tokens: number;
  cached_tokens: number;
  output_tokens: number;
  price: number;
  latency_ms: number;
  reused: Generated<number>;
  created_at: Given<Date>;
};

type ModelClaimTable = { key: string; holder: number; claimed_at: Given<Date> };

type ModelDialectTable = {
  endpoint: string;
  model: string;
  subject: string;
  change: JsonColumn<Change>;
  said: string;
  learned_at: Given<Date>;
};

type SealedFreezeTable = {
  project: string;
  cycle: string;
  run: string;
  dataset_version: string;
  judge: string;
  incumbent_hash: string;
  finalist_hash: string;
  examples: TextArray;
  policy_hash: string;
  frozen_hash: string;
  look: number;
  created_at: Given<Date>;
};

type GateLookTable = {
  key: string;
  project: string;
  cycle: string;
  look: number;
  created_at: Given<Date>;
};

export type EngineTables = {
  engine_step: EngineStepTable;
  engine_reply: EngineReplyTable;
  optimizer_candidate: OptimizerCandidateTable;
  model_reply: ModelReplyTable;
  model_claim: ModelClaimTable;
  model_dialect: ModelDialectTable;
  sealed_freeze: SealedFreezeTable;
  gate_look: GateLookTable;
};
