import type { Generated } from 'kysely';
import type { Json } from '../../contracts/json.ts';
import type { SessionEnd, SessionKind, SessionQuestion } from '../../contracts/session.ts';
import type { Value } from '../../contracts/value.ts';
import type { Given, JsonColumn, Maybe, MaybeJson, MaybeTime, WithDefault } from './column.ts';

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
  ended_by: Maybe<SessionEnd>;
  created_at: Given<Date>;
  closed_at: MaybeTime;
  questions: WithDefault<readonly SessionQuestion[]>;
  dataset_version: Maybe<string>;
  policy: MaybeJson<Json>;
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
  withdrawn: Generated<boolean>;
  extras: MaybeJson<Readonly<Record<string, string>>>;
};

type RaterLinkTable = {
  project: string;
  id: string;
  session: string;
  rater: string;
  expires_at: MaybeTime;
  revoked_at: MaybeTime;
  created_by: string;
  created_at: Given<Date>;
};

type ItemSkipTable = {
  project: string;
  session: string;
  ordinal: number;
  rater: string;
  seq: Given<string>;
  reason: string | null;
  created_at: Given<Date>;
};

type AdjudicationTable = {
  project: string;
  name: string;
  example: string;
  output_hash: string;
  seq: Given<string>;
  value: JsonColumn<Value>;
  rationale: string | null;
  who: string;
  created_at: Given<Date>;
};

type AuditTable = {
  project: string;
  seq: Given<string>;
  at: Given<Date>;
  who: string;
  action: string;
  subject: string;
  detail: WithDefault<Json>;
};

type IdempotentRequestTable = {
  project: string;
  key: string;
  body_hash: string;
  answer: MaybeJson<Json>;
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
  signing_key: { project: string; key: string };
  rater_link: RaterLinkTable;
  item_skip: ItemSkipTable;
  adjudication: AdjudicationTable;
  audit: AuditTable;
  idempotent_request: IdempotentRequestTable;
  outbox: OutboxTable;
};
