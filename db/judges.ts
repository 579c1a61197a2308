import type { Selectable } from 'kysely';
import { hashJson } from '../contracts/hash.ts';
import type { Json } from '../contracts/json.ts';
import type { JudgeDefinition, JudgeMemory, JudgeVersion } from '../contracts/judge.ts';
import { json, jsonOrNull } from './column.ts';
import { type Db, inTransaction } from './connect.ts';
import { NotFoundError } from './errors.ts';
import { ensureProject } from './projects.ts';
import type { Database } from './tables.ts';

export type NewJudge = {
  readonly project: string;
  readonly definition: JudgeDefinition;
  readonly memory: JudgeMemory | null;
  /** A fold is made to measure alignment; lists leave it out and it takes no number of the judge's. */
  readonly kind?: 'version' | 'fold';
};

/** A new version, or the one with equal definition and memory. Its id is `name@number`, of a fold `name@fold-number`. */
export function createJudgeVersion(
  db: Db,
  { project, definition, memory, kind = 'version' }: NewJudge,
): Promise<{ readonly version: JudgeVersion; readonly created: boolean }> {
  const hash = hashJson({ definition, memory } as unknown as Json);
  const { name } = definition;
  return inTransaction(db, async (tx) => {
    await ensureProject(tx, { project });
    await tx
      .insertInto('judge')
      .values({ project, name })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    await tx
      .selectFrom('judge')
      .select('name')
      .where('project', '=', project)
      .where('name', '=', name)
      .forNoKeyUpdate()
      .execute();
    const same = tx
      .selectFrom('judge_version')
      .where('project', '=', project)
      .where('judge', '=', name)
      .where('kind', '=', kind);
    const before = await same.selectAll().where('hash', '=', hash).executeTakeFirst();
    if (before) return { version: versionOf(before), created: false };
    const last = await same.select((eb) => eb.fn.max('number').as('number')).executeTakeFirst();
    const number = (last?.number ?? 0) + 1;
    const row = await tx
      .insertInto('judge_version')
      .values({
        project,
        id: kind === 'version' ? `${name}@${number}` : `${name}@fold-${number}`,
        judge: name,
        kind,
        number,
        hash,
        definition: json(definition),
        memory: jsonOrNull(memory),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return { version: versionOf(row), created: true };
  });
}

/** By id, or by name for the newest version. @throws NotFoundError */
export async function getJudge(
  db: Db,
  { project, id }: { readonly project: string; readonly id: string },
): Promise<JudgeVersion> {
  const query = db.selectFrom('judge_version').selectAll().where('project', '=', project);
  const row = id.includes('@')
    ? await query.where('id', '=', id).executeTakeFirst()
    : await query
        .where('judge', '=', id)
        .where('kind', '=', 'version')
        .orderBy('number', 'desc')
        .executeTakeFirst();
  if (!row) throw new NotFoundError('judge', id, 'see `attune judge list`');
  return versionOf(row);
}

/** Versions of one judge, or of all, by name and number; folds are left out. */
export async function listJudges(
  db: Db,
  { project, name }: { readonly project: string; readonly name?: string },
): Promise<readonly JudgeVersion[]> {
  const rows = await db
    .selectFrom('judge_version')
    .selectAll()
    .where('project', '=', project)
    .where('kind', '=', 'version')
    .$if(name !== undefined, (query) => query.where('judge', '=', name!))
    .orderBy('judge')
    .orderBy('number')
    .execute();
  return rows.map(versionOf);
}

const versionOf = (row: Selectable<Database['judge_version']>): JudgeVersion => ({
  id: row.id,
  name: row.judge,
  number: row.number,
  hash: row.hash,
  definition: row.definition,
  memory: row.memory,
});
