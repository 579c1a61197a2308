import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../client/main.ts', import.meta.url));

/** Nothing of the shell's models or services gets into what is measured. */
export function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG, TMPDIR, XDG_CACHE_HOME } = process.env;
  return { PATH, HOME, LANG, TMPDIR, XDG_CACHE_HOME };
}

/** What `attune <args> --json` prints, on the stack of a data folder. That nothing better was found (3) is no failure of a bench. */
export async function attune(dataDir: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...args, '--json'], {
    env: { ...bareEnvironment(), ATTUNE_DATA: dataDir },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let out = '';
  child.stdout.on('data', (part: Buffer) => (out += part.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0 && code !== 3)
    throw new Error(`attune ${args.join(' ')} ended with ${code}: ${out}`);
  return out;
}
