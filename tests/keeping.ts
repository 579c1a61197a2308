import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const greeting = z.object({ keeper: z.url(), folder: z.string() });
export type Keeper = z.infer<typeof greeting> & {
  readonly pid: number;
  /** Ends the keeper and all it started; resolves when all is gone. */
  end(): Promise<void>;
};

/** Starts the keeper of tests/keeper.ts. It ends by itself when this process does, and does not keep this process alive. */
export async function startKeeper(): Promise<Keeper> {
  const program = fileURLToPath(new URL('keeper.ts', import.meta.url));
  const child: ChildProcessByStdio<Writable, Readable, null> = spawn(process.execPath, [program], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
    env: { ...process.env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined },
  });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const line = await Promise.race([
    new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve)),
    exited.then(() => {
      throw new Error('tests/keeper.ts ended before it was ready; what it wrote above says why.');
    }),
  ]);
  child.unref();
  (child.stdout as Socket).unref();
  (child.stdin as Socket).unref();
  const end = async () => {
    child.ref();
    child.stdin.end();
    await exited;
  };
  return { ...greeting.parse(JSON.parse(line)), pid: child.pid ?? 0, end };
}
