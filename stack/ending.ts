import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessIdentity, identify, lives, ofThisBoot } from './identity.ts';

export type Step = { readonly signal: NodeJS.Signals; readonly waitMs: number };

const POLL_MS = 20;
/** Long enough for the kernel to tear down a large process that has been killed outright. */
const AFTER_KILL_MS = 10_000;

/**
 * Ends one process: each signal in turn, waiting for it to be gone, and SIGKILL at last. What it left in its process group is
 * killed too. Resolves to false only if it still lives after SIGKILL.
 */
export async function endProcess(
  target: ProcessIdentity,
  steps: readonly Step[],
): Promise<boolean> {
  for (const step of [...steps, { signal: 'SIGKILL' as const, waitMs: AFTER_KILL_MS }]) {
    if (!lives(target)) break;
    send(target.pid, step.signal);
    if (await waitUntilGone(target, step.waitMs)) break;
  }
  killLeftovers(target);
  return !lives(target);
}

/** True when the process was gone within the time. */
export async function waitUntilGone(target: ProcessIdentity, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (lives(target)) {
    if (performance.now() > until) return false;
    await sleep(POLL_MS);
  }
  return true;
}

/** A pid is not given out again while a group of that number exists, so a group without its leader is still ours. */
function killLeftovers(leader: ProcessIdentity): void {
  if (identify(leader.pid) === undefined && ofThisBoot(leader)) send(-leader.pid, 'SIGKILL');
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
