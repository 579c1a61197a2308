import { SEARCH_ATTRIBUTES } from '../../contracts/temporal.ts';
import type { Step } from '../ending.ts';
import type { Launch } from '../launch.ts';
import { temporalServes } from './health.ts';

const TYPE_FLAG = { KEYWORD: 'Keyword', DOUBLE: 'Double' } as const;

export type TemporalPorts = {
  readonly grpc: number;
  readonly http: number;
  readonly metrics: number;
  readonly ui: number | undefined;
};
export type TemporalOptions = {
  readonly command: string;
  readonly ports: TemporalPorts;
  readonly logFile: string;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** undefined: everything in memory. */
  readonly databaseFile: string | undefined;
};

export const TEMPORAL_STOP: readonly Step[] = [{ signal: 'SIGTERM', waitMs: 10_000 }];

/** How to start the Temporal development server: a real server over SQLite, with the write-ahead log on. */
export function temporalLaunch({
  command,
  ports,
  logFile,
  env,
  cwd,
  databaseFile,
}: TemporalOptions): Launch {
  const pragmas = ['journal_mode=wal', 'synchronous=normal'].flatMap((pragma) => [
    '--sqlite-pragma',
    pragma,
  ]);
  return {
    name: 'temporal',
    command,
    args: [
      ...'server start-dev --ip 127.0.0.1 --namespace default --log-level warn'.split(' '),
      ...`--port ${ports.grpc} --http-port ${ports.http} --metrics-port ${ports.metrics}`.split(
        ' ',
      ),
      ...(ports.ui === undefined ? '--headless' : `--ui-ip 127.0.0.1 --ui-port ${ports.ui}`).split(
        ' ',
      ),
      ...(databaseFile === undefined ? [] : ['--db-filename', databaseFile, ...pragmas]),
      ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
        '--search-attribute',
        `${name}=${TYPE_FLAG[type]}`,
      ]),
    ],
    env: { ...env, TEMPORAL_ADDRESS: undefined, TEMPORAL_NAMESPACE: undefined },
    cwd,
    logFile,
    ready: () => temporalServes(`127.0.0.1:${ports.grpc}`),
    readyWithinMs: 60_000,
  };
}
