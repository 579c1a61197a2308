import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export type Account = { readonly uid: number; readonly gid: number };

/** PostgreSQL refuses to run as root: then it gets the account `postgres`, which is made if there is none. Undefined for any other user. */
export function postgresAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const existing = lookUp();
  if (existing) return existing;
  createAccount();
  const made = lookUp();
  if (!made)
    throw new Error(
      'PostgreSQL does not run as root, and the account `postgres` could not be made. Create it (useradd --system postgres), or run attune as another user.',
    );
  return made;
}

/** True when an account other than the owner may enter every folder on the way to the path. */
export function openToOthers(path: string): boolean {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

function lookUp(): Account | undefined {
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    return undefined;
  }
}

function idOf(flag: '-u' | '-g'): number {
  return Number(
    execFileSync('id', [flag, 'postgres'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
}

/** Two stacks may start at once: the loser's failure does not matter once the account exists. */
function createAccount(): void {
  const attempts = [
    ['useradd', '--system', '--user-group', '--no-create-home', 'postgres'],
    ['adduser', '-S', '-D', '-H', 'postgres'],
  ] as const;
  for (const [command, ...args] of attempts) {
    try {
      execFileSync(command, args, { stdio: 'ignore' });
      return;
    } catch {
      continue;
    }
  }
}
