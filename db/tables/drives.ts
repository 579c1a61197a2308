import type { Generated } from 'kysely';
import type { AssessmentError } from '../../contracts/assessment.ts';
import type { Asking } from '../../contracts/drive.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { RolloutStatus } from '../../contracts/rollout.ts';
import type { Given, JsonColumn, Maybe, MaybeJson, MaybeTime } from './column.ts';

type DriveTable = {
  project: string;
  id: string;
  agent: string;
  prompts: JsonColumn<Readonly<Record<string, string>>>;
  asking: JsonColumn<Asking>;
  who: string;
  created_at: Given<Date>;
};

type DriveTurnTable = {
  project: string;
  drive: string;
  turn: number;
  message: string;
  inputs: JsonColumn<JsonObject>;
  versions: JsonColumn<Readonly<Record<string, number>>>;
  trace: string;
  status: Generated<RolloutStatus>;
  outputs: MaybeJson<JsonObject>;
  error: MaybeJson<AssessmentError>;
  latency_ms: Maybe<number>;
  price: Maybe<number>;
  practice: Generated<boolean>;
  asked_at: Generated<Date>;
  answered_at: MaybeTime;
};

export type DriveTables = { drive: DriveTable; drive_turn: DriveTurnTable };
