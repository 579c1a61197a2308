/** Writes db/schema.sql from a database that the migrations made. */
import { writeFile } from 'node:fs/promises';
import { createDatabase } from '../db/connect.ts';
import { dumpSchema } from '../db/dump.ts';
import { migrate } from '../db/migrate.ts';
import { createTestDatabase } from '../tests/services.ts';

const { url, drop } = await createTestDatabase();
const db = createDatabase(url, { max: 1 });
try {
  await migrate(db);
  await writeFile(new URL('../db/schema.sql', import.meta.url), await dumpSchema(db));
} finally {
  await db.destroy();
  await drop();
}
