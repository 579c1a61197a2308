import { join } from 'node:path';
import type { Step } from '../ending.ts';
import type { Launch } from '../launch.ts';
import { program } from './binaries.ts';
import { DATABASE, DATABASE_USER } from './initialise.ts';
import type { PostgresPlace } from './place.ts';
import { probePostgres } from './probe.ts';

export type PostgresOptions = {
  readonly place: PostgresPlace;
  readonly port: number;
  readonly logFile: string;
  readonly settings?: Readonly<Record<string, string>>;
};

/** SIGINT is PostgreSQL's fast shutdown, SIGQUIT its immediate one (the next start recovers from the log). */
export const POSTGRES_STOP: readonly Step[] = [
  { signal: 'SIGINT', waitMs: 8_000 },
  { signal: 'SIGQUIT', waitMs: 3_000 },
];

/** How to start PostgreSQL on loopback, without a Unix socket (their paths are short of room and shared by name). */
export function postgresLaunch({ place, port, logFile, settings }: PostgresOptions): Launch {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    log_checkpoints: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...settings,
  };
  return {
    name: 'postgres',
    command: program(place.home, 'postgres'),
    args: [
      '-D',
      place.data,
      '-p',
      String(port),
      ...Object.entries(all).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ],
    env: { PATH: process.env['PATH'], LC_ALL: 'C' },
    cwd: '/',
    logFile,
    owner: place.account,
    ready: async () => (await probePostgres('127.0.0.1', port)) === 'ready',
    readyWithinMs: 60_000,
  };
}

export function postgresUrl(port: number, password: string, database = DATABASE): string {
  return `postgres://${DATABASE_USER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
}

/** The pid file PostgreSQL keeps in its data folder. */
export function postmasterFile(place: Pick<PostgresPlace, 'data'>): string {
  return join(place.data, 'postmaster.pid');
}
