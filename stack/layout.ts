import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this clone: the processes of the stack are started by their paths below it. */
export const CLONE = fileURLToPath(new URL('..', import.meta.url));

/** The files of one data folder. */
export type Layout = {
  readonly dataDir: string;
  readonly lock: string;
  readonly info: string;
  readonly processes: string;
  readonly ports: string;
  readonly secrets: string;
  readonly logs: string;
  readonly temporalDatabase: string;
  readonly temporalConfig: string;
};

export function layoutOf(dataDir: string): Layout {
  const file = (name: string) => join(dataDir, name);
  return {
    dataDir,
    lock: file('lock.json'),
    info: file('stack.json'),
    processes: file('processes.json'),
    ports: file('ports.json'),
    secrets: file('secrets.json'),
    logs: file('logs'),
    temporalDatabase: file(join('temporal', 'temporal.db')),
    temporalConfig: file(join('temporal', 'client.toml')),
  };
}

/** The data folder: ATTUNE_DATA, else `.attune` in the clone. */
export function dataDirOf(env: NodeJS.ProcessEnv): string {
  return resolve(env['ATTUNE_DATA'] || join(CLONE, '.attune'));
}

/** The config file user code is declared in: ATTUNE_CONFIG, else `attune.config.ts` in the working folder if there is one. */
export function configFileOf(env: NodeJS.ProcessEnv, cwd: string): string | undefined {
  if (env['ATTUNE_CONFIG']) return resolve(cwd, env['ATTUNE_CONFIG']);
  const file = join(cwd, 'attune.config.ts');
  return existsSync(file) ? file : undefined;
}
