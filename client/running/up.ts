import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  dataDirOf,
  readStack,
  refuseRunning,
  type Stack,
  type StackInfo,
  startStack,
} from '../../stack/index.ts';
import type { Cli } from '../cli.ts';
import { DetachedStartError } from '../errors.ts';
import { eventLine } from './events.ts';

/** How the last words of a command that failed begin. */
const FAILED = 'attune: ';
const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

/** Starts a stack that lives in this process, telling each part as it gets ready. */
export function startHere(cli: Cli, signal: AbortSignal): Promise<Stack> {
  cli.note('Starting the stack');
  return startStack({
    dataDir: dataDirOf(cli.env.all),
    env: cli.env.all,
    signal,
    log: (line) => cli.note(`  ${line}`),
    onEvent: (event) => {
      const line = eventLine(event);
      if (line !== null) cli.note(line);
    },
  });
}

/**
 * Starts a stack in a process of its own, which outlives this one, and resolves when it is up.
 * @throws StackRunningError, or DetachedStartError with what that process said
 */
export async function startDetached(cli: Cli): Promise<StackInfo> {
  const dataDir = dataDirOf(cli.env.all);
  refuseRunning(dataDir);
  const child = spawn(process.execPath, [...process.execArgv, MAIN, 'up'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: cli.env.all,
  });
  const failure: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (failure.length > 0 || line.startsWith(FAILED)) failure.push(line.replace(FAILED, ''));
    else cli.note(line);
  });
  const ended = once(child, 'close').then(([code]) => code as number | null);
  for (;;) {
    const info = readStack(dataDir);
    if (info?.owner.pid === child.pid && info !== undefined) {
      child.stderr.destroy();
      child.unref();
      return info;
    }
    const code = await Promise.race([ended, sleep(50)]);
    if (code !== undefined) throw new DetachedStartError(failure.join('\n'), code);
  }
}
