import type { CycleTables } from './tables/cycles.ts';
import type { DataTables } from './tables/data.ts';
import type { DriveTables } from './tables/drives.ts';
import type { EngineTables } from './tables/engines.ts';
import type { LabelTables } from './tables/labels.ts';
import type { RunTables } from './tables/runs.ts';
import type { VersionTables } from './tables/versions.ts';
import type { WatchTables } from './tables/watches.ts';

/** Row types of the schema in db/migrations/; rows never leave db/. */
export type Database = DataTables &
  VersionTables &
  CycleTables &
  RunTables &
  LabelTables &
  WatchTables &
  DriveTables &
  EngineTables & { schema_migration: { version: number } };
