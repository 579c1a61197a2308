import type { Generated } from 'kysely';
import type { Json } from '../../contracts/json.ts';
import type { SessionKind } from '../../contracts/session.ts';
import type { Value } from '../../contracts/value.ts';
import type { JsonColumn, Maybe, MaybeTime, Given } from './column.ts';

type LabelSessionTable = {
  project: string;
  id: string;
  cycle: string | null;
  kind: Generated<SessionKind>;
  round: number;
  judge: string;
  judge_version: string;
  raters_per_item: number;
  minimum: number;
  target: number;
  deadline: MaybeTime;
  state: Generated<'open' | 'closed'>;
  ended_by: Maybe<string>;
  created_at: Given<Date>;
  closed_at: MaybeTime;
};

type SessionItemTable = {
  project: string;
  session: string;
  ordinal: number;
  trace: string;
  example: string;
  output_hash: string;
  weight: number | null;
  reason: string;
};

type LabelTable = {
  project: string;
  id: string;
  seq: Given<string>;
  name: string;
  rater: string;
  trace: string;
  example: string;
  output_hash: string;
  value: JsonColumn<Value>;
  rationale: string | null;
  session: string | null;
  late: boolean;
  supersedes: string | null;
  created_at: Given<Date>;
};

type OutboxTable = {
  id: Given<string>;
  project: string;
  kind: string;
  subject: string;
  payload: JsonColumn<Json>;
  created_at: Given<Date>;
  delivered_at: MaybeTime;
};

export type LabelTables = {
  label_session: LabelSessionTable;
  session_item: SessionItemTable;
  label: LabelTable;
  outbox: OutboxTable;
};
