import { chownSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writePrivate } from '../files.ts';
import { runProgram } from '../run.ts';
import { program } from './binaries.ts';
import { type PostgresPlace, openFolder } from './place.ts';

export const DATABASE = 'attune';
export const DATABASE_USER = 'attune';

/**
 * Makes the database cluster with one user and one database, unless the folder already holds one. It is built beside its place and
 * renamed at the end, so that a start that is cut off leaves nothing half-made behind. Waiting for the disk is left out (it costs
 * seconds): until the machine has written it back, a new cluster holds nothing to lose.
 */
export async function initialisePostgres(place: PostgresPlace, password: string): Promise<void> {
  if (existsSync(join(place.data, 'PG_VERSION'))) return;
  const building = `${place.data}.building`;
  rmSync(building, { recursive: true, force: true });
  if (place.account) openFolder(dirname(place.data));
  mkdirSync(building, { recursive: true, mode: 0o700 });
  const passwordFile = `${place.data}.password`;
  writePrivate(passwordFile, password);
  if (place.account) {
    chownSync(building, place.account.uid, place.account.gid);
    chownSync(passwordFile, place.account.uid, place.account.gid);
  }
  try {
    await run(place, 'initdb', [
      `--pgdata=${building}`,
      `--username=${DATABASE_USER}`,
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
      `CREATE DATABASE ${DATABASE};\n`,
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
