/** A promotion of two prompts that is killed after the n-th statement: `node move-and-die.ts <database> <alias> <n>`. */
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { moveAliases } from '../../db/versions/aliases.ts';
import type { Database } from '../../db/tables.ts';
import { PROJECT } from './fixture.ts';

const [url, alias = '', last] = process.argv.slice(2);
let statements = 0;
const db = new Kysely<Database>({
  dialect: new PostgresDialect({ pool: new Pool({ connectionString: url, max: 1 }) }),
  log: () => {
    statements += 1;
    if (statements === Number(last)) process.kill(process.pid, 'SIGKILL');
  },
});
const change = { project: PROJECT, alias, expected: 1, to: 2, who: 'a cycle', why: 'a promotion' };
await moveAliases(db, [
  { ...change, prompt: 'left' },
  { ...change, prompt: 'right' },
]);
console.log(statements);
await db.destroy();
