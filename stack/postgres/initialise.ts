import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writePrivate } from '../files.ts';
import { runProgram } from '../run.ts';
import { program } from './binaries.ts';
import { type PostgresPlace, openFolder } from './place.ts';

export const DATABASE = 'attune';
/** The role of every process of ours: it owns its database and has no other right. */
export const DATABASE_USER = 'attune';
/** Whose password nobody keeps: PostgreSQL in single-user mode is the way back in. */
const SUPERUSER = 'postgres';

export type Initialise = {
  /** For tests, which give each file a database of its own. */
  readonly mayCreateDatabases?: boolean;
};

/**
 * Makes the database cluster with one role of ours and one database, unless the folder already holds one. It is built beside its place and
 * renamed at the end, so that a start that is cut off leaves nothing half-made behind. Waiting for the disk is left out (it costs
 * seconds): until the machine has written it back, a new cluster holds nothing to lose.
 */
export async function initialisePostgres(
  place: PostgresPlace,
  password: string,
  { mayCreateDatabases = false }: Initialise = {},
): Promise<void> {
  if (existsSync(join(place.data, 'PG_VERSION'))) return;
  const building = `${place.data}.building`;
  rmSync(building, { recursive: true, force: true });
  if (place.account) openFolder(dirname(place.data));
  mkdirSync(building, { recursive: true, mode: 0o700 });
  const passwordFile = `${place.data}.password`;
  writePrivate(passwordFile, randomBytes(24).toString('base64url'));
  if (place.account) {
    chownSync(building, place.account.uid, place.account.gid);
    chownSync(passwordFile, place.account.uid, place.account.gid);
  }
  try {
    await run(place, 'initdb', [
      `--pgdata=${building}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--no-sync',
    ]);
    await run(
      place,
      'postgres',
      ['--single', '-F', '-D', building, 'postgres'],
      [
        `CREATE ROLE ${DATABASE_USER} LOGIN ${mayCreateDatabases ? 'CREATEDB ' : ''}PASSWORD '${password.replaceAll("'", "''")}';`,
        `CREATE DATABASE ${DATABASE} OWNER ${DATABASE_USER};`,
        '',
      ].join('\n'),
    );
    renameSync(building, place.data);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(building, { recursive: true, force: true });
  }
}

async function run(
  place: PostgresPlace,
  name: 'initdb' | 'postgres',
  args: readonly string[],
  input = '',
): Promise<void> {
  const { ok, output } = await runProgram(program(place.home, name), args, {
    input,
    cwd: '/',
    env: { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' },
    timeoutMs: 60_000,
    owner: place.account,
  });
  if (!ok) throw new Error(`PostgreSQL: ${name} failed in ${place.data}: ${output}`);
}
