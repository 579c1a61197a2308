import type { Generated } from 'kysely';
import type { WatchOutcome, WatchPolicy } from '../../contracts/watch.ts';
import type { Given, JsonColumn, Maybe, MaybeTime } from './column.ts';

type WatchTable = {
  project: string;
  cycle: string;
  policy: JsonColumn<WatchPolicy>;
  state: Generated<'running' | 'failed' | 'ended'>;
  outcome: Maybe<WatchOutcome>;
  why: Maybe<string>;
  started_at: Given<Date>;
  ends_at: Date;
  ended_at: MaybeTime;
};

type WatchObservationTable = {
  project: string;
  cycle: string;
  seq: Given<string>;
  conversation: string;
  kind: 'pair' | 'traffic';
  difference: number;
  tolerance: number;
  created_at: Given<Date>;
};

export type WatchTables = { watch: WatchTable; watch_observation: WatchObservationTable };
