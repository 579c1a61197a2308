import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ConfigAnswer } from './config-child.ts';
import { OPEN } from './enclosure/enclosure.ts';
import { ConfigError } from './load.ts';
import type { RunnerOptions } from './runner.ts';

const CHILD = fileURLToPath(new URL('config-child.ts', import.meta.url));
const WITHIN_MS = 60_000;

/** Answers how to read a config file in a process of its own, which holds nothing of Attune's and sees the file as it is now. */
export const configReader =
  ({ env, enclosure = OPEN }: Pick<RunnerOptions, 'env' | 'enclosure'>) =>
  (file: string): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const [command, ...before] = enclosure.wrap(process.execPath, []);
      const child = fork(CHILD, [file], {
        execPath: command,
        execArgv: before,
        env: enclosure.environment(env),
        serialization: 'advanced',
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        timeout: WITHIN_MS,
        killSignal: 'SIGKILL',
      });
      child.once('message', (answer: ConfigAnswer) => {
        if ('fault' in answer)
          reject(new ConfigError(file, `it cannot be loaded: ${answer.fault}`));
        else resolve(answer.declared);
      });
      child.once('error', reject);
      child.once('exit', (code, signal) =>
        reject(
          new ConfigError(file, `it ended its process while it was loaded (${signal ?? code})`),
        ),
      );
    });
