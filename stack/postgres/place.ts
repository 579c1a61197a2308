import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { writePrivate } from '../files.ts';
import { type Account, openToOthers, postgresAccount } from './account.ts';
import { type PostgresBinaries, findPostgres } from './binaries.ts';

/** Where PostgreSQL's programs and data live, and as whom it runs. */
export type PostgresPlace = {
  readonly home: string;
  readonly data: string;
  readonly account: Account | undefined;
};

const pointer = z.object({ data: z.string() });
const OUTSIDE = '/var/lib/attune';

/**
 * Chooses the folders. As root, whatever the account `postgres` could not enter is moved to /var/lib/attune/<hash of the clone's path>/,
 * and `postgres.json` in the data folder points there.
 */
export function placePostgres(
  dataDir: string,
  clone: string,
  binaries = findPostgres(),
): PostgresPlace {
  const account = postgresAccount();
  const data = pointedData(dataDir);
  if (!account) return { home: binaries.home, data: data ?? join(dataDir, 'postgres'), account };
  const outside = outsideOf(clone);
  const home = openToOthers(binaries.home) ? binaries.home : copyBinaries(binaries, outside);
  return { home, data: data ?? chooseData(dataDir, outside), account };
}

/** Where the programs and data of a clone live when `postgres` cannot enter it. */
export function outsideOf(clone: string): string {
  return join(OUTSIDE, shortHash(realpathSync(clone)));
}

/** The folder outside the data folder that holds its PostgreSQL data, if there is one. */
export function pointedData(dataDir: string): string | undefined {
  const file = join(dataDir, 'postgres.json');
  return existsSync(file) ? pointer.parse(JSON.parse(readFileSync(file, 'utf8'))).data : undefined;
}

/** The random part keeps a new data folder of the same path from finding the data of one that was deleted. */
function chooseData(dataDir: string, outside: string): string {
  if (openToOthers(dataDir)) return join(dataDir, 'postgres');
  const data = join(
    outside,
    `data-${shortHash(realpathSync(dataDir))}-${randomBytes(4).toString('hex')}`,
  );
  writePrivate(
    join(dataDir, 'postgres.json'),
    JSON.stringify({ data } satisfies z.infer<typeof pointer>),
  );
  return data;
}

function copyBinaries(binaries: PostgresBinaries, outside: string): string {
  const home = join(outside, `postgres-${binaries.version}`);
  if (existsSync(home)) return home;
  openFolder(outside);
  const partial = `${home}.${process.pid}`;
  cpSync(binaries.home, partial, { recursive: true, verbatimSymlinks: true });
  chmodSync(partial, 0o755);
  try {
    renameSync(partial, home);
  } catch (error) {
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(home)) throw error;
  }
  return home;
}

/** Makes a folder that others may enter, whatever the umask. */
export function openFolder(path: string): void {
  mkdirSync(path, { recursive: true });
  for (let folder = path; folder.startsWith(OUTSIDE); folder = dirname(folder))
    chmodSync(folder, 0o755);
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
