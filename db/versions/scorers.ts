import type { Selectable } from 'kysely';
import type { JudgeMemory } from '../../contracts/judge.ts';
import type { ScorerDefinition, ScorerVersion } from '../../contracts/scorer.ts';
import { scorerHash } from '../../contracts/scorer-hash.ts';
import { json, jsonOrNull } from '../column.ts';
import { type Db, inTransaction } from '../connect.ts';
import { NotFoundError } from '../errors.ts';
import { holdName } from '../names.ts';
import type { Database } from '../tables.ts';

/**
 * A fold is made to measure alignment, a trial to be measured before it is adopted: lists leave both out, a name never means them,
 * and they take no number of the judge's.
 */
export type VersionKind = 'version' | 'fold' | 'trial';

export type NewScorer<D extends ScorerDefinition = ScorerDefinition> = {
  readonly project: string;
  readonly definition: D;
  /** Of judges; default none. */
  readonly memory?: JudgeMemory | null;
  readonly kind?: VersionKind;
};

/** A new version, or the one with equal definition and memory. Its id is `name@number`, of a fold or trial `name@fold-number`. */
export function createScorerVersion<D extends ScorerDefinition>(
  db: Db,
  { project, definition, memory = null, kind = 'version' }: NewScorer<D>,
): Promise<{ readonly version: ScorerVersion<D>; readonly created: boolean }> {
  const hash = scorerHash(definition, memory);
  const { name } = definition;
  return inTransaction(db, async (tx) => {
    await holdName(tx, 'scorer', { project, name });
    const same = tx
      .selectFrom('scorer_version')
      .where('project', '=', project)
      .where('scorer', '=', name)
      .where('kind', '=', kind);
    const before = await same.selectAll().where('hash', '=', hash).executeTakeFirst();
    if (before) return { version: versionOf<D>(before), created: false };
    const last = await same.select((eb) => eb.fn.max('number').as('number')).executeTakeFirst();
    const number = (last?.number ?? 0) + 1;
    const row = await tx
      .insertInto('scorer_version')
      .values({
        project,
        id: kind === 'version' ? `${name}@${number}` : `${name}@${kind}-${number}`,
        scorer: name,
        kind,
        number,
        hash,
        definition: json(definition),
        memory: jsonOrNull(memory),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return { version: versionOf<D>(row), created: true };
  });
}

/** By id, or by name for the newest version; null where there is none. */
export async function findScorer(
  db: Db,
  { project, id }: { readonly project: string; readonly id: string },
): Promise<ScorerVersion | null> {
  const query = db.selectFrom('scorer_version').selectAll().where('project', '=', project);
  const row = id.includes('@')
    ? await query.where('id', '=', id).executeTakeFirst()
    : await query
        .where('scorer', '=', id)
        .where('kind', '=', 'version')
        .orderBy('number', 'desc')
        .executeTakeFirst();
  return row === undefined ? null : versionOf(row);
}

/** By id, or by name for the newest version. @throws NotFoundError */
export async function getScorer(
  db: Db,
  at: { readonly project: string; readonly id: string },
): Promise<ScorerVersion> {
  const found = await findScorer(db, at);
  if (found === null) throw new NotFoundError('scorer', at.id, 'see `attune judge list`');
  return found;
}

/** Versions of one scorer, or of all, by name and number; folds and trials are left out. */
export async function listScorers(
  db: Db,
  { project, name }: { readonly project: string; readonly name?: string },
): Promise<readonly ScorerVersion[]> {
  const rows = await db
    .selectFrom('scorer_version')
    .selectAll()
    .where('project', '=', project)
    .where('kind', '=', 'version')
    .$if(name !== undefined, (query) => query.where('scorer', '=', name!))
    .orderBy('scorer')
    .orderBy('number')
    .execute();
  return rows.map((row) => versionOf(row));
}

export const versionOf = <D extends ScorerDefinition>(
  row: Selectable<Database['scorer_version']>,
): ScorerVersion<D> => ({
  id: row.id,
  name: row.scorer,
  number: row.number,
  hash: row.hash,
  definition: row.definition as D,
  memory: row.memory,
});
