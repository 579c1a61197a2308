import { sql } from 'kysely';
import {
  type Change,
  type Dialect,
  type DialectStore,
  type Learned,
  subjectOf,
} from '../../contracts/dialect.ts';
import { plainText } from '../column.ts';
import type { Db } from '../connect.ts';

/** What was learned of endpoints, in the database: the next process and those beside this one know it. */
export const createDialectStore = (db: Db): DialectStore => ({
  read: (of) => read(db, of),
  learn: (learned) => learn(db, learned),
});

async function read(
  db: Db,
  { endpoint, model }: { readonly endpoint: string; readonly model: string },
): Promise<Dialect> {
  const rows = await db
    .selectFrom('model_dialect')
    .select('change')
    .where('endpoint', '=', endpoint)
    .where('model', '=', model)
    .orderBy('learned_at')
    .orderBy('subject')
    .execute();
  return rows.map(({ change }) => change);
}

async function learn(db: Db, { endpoint, model, change, said }: Learned): Promise<void> {
  await sql`
    insert into model_dialect (endpoint, model, subject, change, said)
    values (${endpoint}, ${model}, ${subjectOf(change)}, ${JSON.stringify(change)}::json, ${plainText(said)})
    on conflict (endpoint, model, subject) do update
      set change = excluded.change, said = excluded.said, learned_at = excluded.learned_at`.execute(
    db,
  );
}

/** Forgets what was learned of a model, so that it is learned anew. */
export async function forgetDialect(
  db: Db,
  { endpoint, model }: { readonly endpoint: string; readonly model: string },
): Promise<void> {
  await db
    .deleteFrom('model_dialect')
    .where('endpoint', '=', endpoint)
    .where('model', '=', model)
    .execute();
}

export type KnownDialect = {
  readonly endpoint: string;
  readonly model: string;
  readonly change: Change;
};

/** What was learned of models, at every endpoint. */
export async function dialectsOf(
  db: Db,
  models: readonly string[],
): Promise<readonly KnownDialect[]> {
  if (models.length === 0) return [];
  return db
    .selectFrom('model_dialect')
    .select(['endpoint', 'model', 'change'])
    .where('model', 'in', [...models])
    .orderBy('model')
    .orderBy('endpoint')
    .orderBy('learned_at')
    .execute();
}

/** What was learned of the models that a cycle asked. */
export async function dialectsOfCycle(
  db: Db,
  { project, key }: { readonly project: string; readonly key: string },
): Promise<readonly KnownDialect[]> {
  const asked = await db
    .selectFrom('model_reply')
    .select('model')
    .distinct()
    .where('project', '=', project)
    .where('cycle', '=', key)
    .execute();
  return dialectsOf(
    db,
    asked.map(({ model }) => model),
  );
}
