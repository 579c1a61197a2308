import { sql } from 'kysely';
import type { ScorerVersion } from '../../contracts/scorer.ts';
import type { Db } from '../connect.ts';
import type { RunRef } from './runs.ts';
import { versionOf } from '../versions/scorers.ts';

/** The scorer versions of a run, by position. */
export type ReadScorers = (db: Db, at: RunRef) => Promise<readonly ScorerVersion[]>;

export const readScorers: ReadScorers = async (db, at) =>
  (await select(db, at).selectAll('v').execute()).map((row) => versionOf(row));

/** Versions that a process keeps: it judges with few, and the memory of one may be megabytes. */
const MOST = 16;

/**
 * Reads each version once a process, as versions are closed. What was kept serves only while its row is the one that was read: whoever
 * alters a version after all (as an erasure must) makes another row of it, and that is read anew.
 */
export function keepScorers(): ReadScorers {
  const kept = new Map<string, ScorerVersion>();
  return async (db, at) => {
    const rows = await select(db, at)
      .select(['v.id', sql<string>`v.xmin::text`.as('writer')])
      .execute();
    const keyOf = ({ id, writer }: (typeof rows)[number]): string =>
      `${at.project} ${id} ${writer}`;
    if (!rows.every((row) => kept.has(keyOf(row)))) {
      const read = new Map((await readScorers(db, at)).map((version) => [version.id, version]));
      for (const row of rows) kept.set(keyOf(row), read.get(row.id)!);
    }
    const found = rows.map((row) => {
      const version = kept.get(keyOf(row))!;
      kept.delete(keyOf(row));
      kept.set(keyOf(row), version);
      return version;
    });
    for (const key of kept.keys()) if (kept.size > MOST) kept.delete(key);
    return found;
  };
}

const select = (db: Db, { project, run }: RunRef) =>
  db
    .selectFrom('run_scorer as s')
    .innerJoin('scorer_version as v', (join) =>
      join.onRef('v.project', '=', 's.project').onRef('v.id', '=', 's.scorer'),
    )
    .where('s.project', '=', project)
    .where('s.run', '=', run)
    .orderBy('s.position');
