import type { ColumnType } from 'kysely';

/** Given back parsed; written as the JSON text of the value (see `json` in db/column.ts). */
export type JsonColumn<T> = ColumnType<T, string, string>;

/** Given by the database. */
export type Given<T> = ColumnType<T, never, never>;

/** Null unless written. */
export type Maybe<T> = ColumnType<T | null, T | null | undefined, T | null>;
export type MaybeJson<T> = ColumnType<T | null, string | null | undefined, string | null>;

/** JSON with a default of the database. */
export type WithDefault<T> = ColumnType<T, string | undefined, string>;

/** A time given as ISO text or Date; read as Date. */
export type MaybeTime = ColumnType<
  Date | null,
  Date | string | null | undefined,
  Date | string | null
>;
