// The Temporal server itself, built from its Go module into the user's cache (about six minutes, once): `node scripts/temporal-server.ts`.
// The chaos series kills it and starts it again on a PostgreSQL, as in production; the development server keeps nothing there.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const VERSION = '1.31.2';
const MODULE = 'go.temporal.io/server';
const BUILD_MS = 30 * 60_000;

export type TemporalServerPrograms = { readonly server: string; readonly sqlTool: string };

const cache = (): string =>
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'attune');

const programsIn = (folder: string): TemporalServerPrograms => ({
  server: join(folder, 'server'),
  sqlTool: join(folder, 'sql'),
});

/** The built programs; null where they were not built yet. */
function findTemporalServer(): TemporalServerPrograms | null {
  const programs = programsIn(join(cache(), `temporal-server-${VERSION}`));
  return Object.values(programs).every((file) => existsSync(file)) ? programs : null;
}

/** The programs, built first where they are not there. Needs Go. */
export function buildTemporalServer(): TemporalServerPrograms {
  const found = findTemporalServer();
  if (found !== null) return found;
  const folder = join(cache(), `temporal-server-${VERSION}`);
  mkdirSync(cache(), { recursive: true });
  const building = mkdtempSync(`${folder}.`);
  try {
    const packages = ['cmd/server', 'cmd/tools/sql'];
    const { status, error } = spawnSync(
      'go',
      ['install', ...packages.map((name) => `${MODULE}/${name}@v${VERSION}`)],
      {
        env: { ...process.env, GOBIN: building, GOFLAGS: '-mod=mod' },
        stdio: ['ignore', 2, 2],
        timeout: BUILD_MS,
      },
    );
    if (status !== 0)
      throw new Error(
        `the Temporal server was not built (${error?.message ?? `go ended with ${status}`}); install Go 1.26 or newer, and let it reach a module proxy`,
      );
    rmSync(folder, { recursive: true, force: true });
    renameSync(building, folder);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return programsIn(folder);
}

if (import.meta.main) console.log(JSON.stringify(buildTemporalServer()));
