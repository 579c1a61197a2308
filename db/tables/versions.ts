import type { ColumnType } from 'kysely';
import type { JudgeMemory } from '../../contracts/judge.ts';
import type { ScorerDefinition } from '../../contracts/scorer.ts';
import type { VersionKind } from '../versions/scorers.ts';
import type { JsonColumn, Maybe, MaybeJson, Given } from './column.ts';

type NameTable = { project: string; name: string; created_at: Given<Date> };

type PromptVersionTable = {
  project: string;
  prompt: string;
  number: number;
  hash: string;
  text: string;
  variables: ColumnType<string[], readonly string[], never>;
  message: Maybe<string>;
  parent: Maybe<number>;
  cycle: Maybe<string>;
  models: MaybeJson<Readonly<Record<string, string>>>;
  created_at: Given<Date>;
};

type PromptAliasTable = { project: string; prompt: string; alias: string; number: number };

type PromptAliasMoveTable = {
  project: string;
  prompt: string;
  alias: string;
  seq: Given<string>;
  from_number: number | null;
  to_number: number;
  who: string;
  why: string;
  cycle: string | null;
  evidence: string | null;
  override: boolean;
  rollback: boolean;
  at: Given<Date>;
};

type ScorerVersionTable = {
  project: string;
  id: string;
  scorer: string;
  kind: VersionKind;
  number: number;
  hash: string;
  definition: JsonColumn<ScorerDefinition>;
  memory: MaybeJson<JudgeMemory>;
  created_at: Given<Date>;
};

export type VersionTables = {
  prompt: NameTable;
  prompt_version: PromptVersionTable;
  prompt_alias: PromptAliasTable;
  prompt_alias_move: PromptAliasMoveTable;
  scorer: NameTable;
  scorer_version: ScorerVersionTable;
};
