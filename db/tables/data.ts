import type { AgentRecord } from '../../contracts/agent.ts';
import type { ExampleSource } from '../../contracts/example.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import type { Part } from '../../contracts/part.ts';
import type { JsonColumn, Maybe, MaybeJson, Given } from './column.ts';

type ProjectTable = {
  name: string;
  split_salt: string;
  salt_drawn: boolean;
  sealed_share: Maybe<number>;
  created_at: Given<Date>;
};

type StoredTextTable = { project: string; hash: string; text: string };

type ExampleTable = {
  project: string;
  id: string;
  hash: string;
  conversation: string;
  inputs: JsonColumn<JsonObject>;
  outputs: MaybeJson<JsonObject>;
  output_hash: Maybe<string>;
  expectations: MaybeJson<JsonObject>;
  tags: JsonColumn<Readonly<Record<string, string>>>;
  source: MaybeJson<ExampleSource>;
};

type DatasetTable = { project: string; name: string; created_at: Given<Date> };

type DatasetVersionTable = {
  project: string;
  dataset: string;
  number: number;
  id: string;
  hash: string;
  size: number;
  conversations: number;
  created_at: Given<Date>;
};

type DatasetRowTable = {
  project: string;
  version: string;
  ordinal: number;
  example: string;
  hash: string;
};

type GoldTable = { project: string; dataset: string; example: string; value: JsonColumn<Json> };

type MembershipTable = {
  project: string;
  conversation: string;
  seq: Given<string>;
  part: Part;
  pinned: boolean;
  near_group: string;
  created_at: Given<Date>;
};

type RetirementTable = { project: string; conversation: string; who: string; at: Given<Date> };

type AgentTable = {
  project: string;
  name: string;
  record: JsonColumn<AgentRecord>;
  seen_at: Given<Date>;
};

export type DataTables = {
  project: ProjectTable;
  stored_text: StoredTextTable;
  example: ExampleTable;
  dataset: DatasetTable;
  dataset_version: DatasetVersionTable;
  dataset_row: DatasetRowTable;
  gold: GoldTable;
  membership: MembershipTable;
  retirement: RetirementTable;
  agent: AgentTable;
};
