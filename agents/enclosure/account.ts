import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

export type Account = { readonly uid: number; readonly gid: number };

const NAME = 'attune-agent';

/** The account that runs user code where Attune is root, made if there is none; undefined for any other user, or where it cannot be made. */
export function agentAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return lookUp() ?? (create(), lookUp());
}

/** Whether a user that owns nothing here may read this file or folder: every folder on the way must let others through. */
export function openToAll(path: string): boolean {
  try {
    const target = resolve(path);
    const { mode } = statSync(target);
    const wanted = statSync(target).isDirectory() ? 0o005 : 0o004;
    if ((mode & wanted) !== wanted) return false;
    for (let folder = dirname(target); ; folder = dirname(folder)) {
      if ((statSync(folder).mode & 0o001) === 0) return false;
      if (folder === dirname(folder)) return true;
    }
  } catch {
    return false;
  }
}

function lookUp(): Account | undefined {
  try {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number(
        execFileSync('id', [flag, NAME], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
      ),
    );
    return { uid: uid!, gid: gid! };
  } catch {
    return undefined;
  }
}

/** Two workers may start at once: the loser's failure does not matter once the account exists. */
function create(): void {
  const attempts = [
    ['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/bin/false', NAME],
    ['adduser', '-S', '-D', '-H', NAME],
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
