import { sql } from 'kysely';
import type { Db } from './connect.ts';

/** Whether the database answers now. Never rejects. */
export const databaseAnswers = (db: Db): Promise<boolean> =>
  sql`select 1`.execute(db).then(
    () => true,
    () => false,
  );
