import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { dataDirOf, readStack, type Stack, type StackInfo, startStack } from '../../stack/index.ts';
import type { Cli } from '../cli.ts';
import { eventLine } from './events.ts';

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

/** Starts a stack in a process of its own, which outlives this one, and resolves when it is up. Rejects with what it said when it is not. */
export async function startDetached(cli: Cli): Promise<StackInfo> {
  const dataDir = dataDirOf(cli.env.all);
  const child = spawn(process.execPath, [...process.execArgv, MAIN, 'up'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: cli.env.all,
  });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    cli.note(chunk.toString().trimEnd());
  });
  let ended = false;
  child.once('exit', () => (ended = true));
  for (;;) {
    const info = readStack(dataDir);
    if (info?.owner.pid === child.pid && info !== undefined) {
      child.stderr.destroy();
      child.unref();
      return info;
    }
    if (ended) throw new DetachedStartError(said.trim());
    await sleep(50);
  }
}

/** The stack in the background ended before it was up. */
export class DetachedStartError extends Error {
  override readonly name = 'DetachedStartError';
  constructor(said: string) {
    super(`The stack did not come up:\n${said}`);
  }
}
