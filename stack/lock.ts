import { randomBytes } from 'node:crypto';
import { linkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { StackRunningError } from './errors.ts';
import { readShaped, readText } from './files.ts';
import { type ProcessIdentity, identify, lives, processIdentity } from './identity.ts';
import { type Layout, layoutOf } from './layout.ts';

const ATTEMPTS = 20;

/** The process that holds the data folder, dead or alive. */
export function lockHolder(layout: Layout): ProcessIdentity | undefined {
  return readShaped(layout.lock, processIdentity);
}

/** @throws StackRunningError while a live process holds the data folder */
export function refuseRunning(dataDir: string): void {
  const holder = lockHolder(layoutOf(dataDir));
  if (holder && lives(holder)) throw new StackRunningError(dataDir, holder.pid);
}

/**
 * Takes the data folder for this process, also from a holder that is dead or whose pid has been given to another. Throws
 * StackRunningError when a live one holds it.
 */
export function takeLock(layout: Layout): {
  readonly owner: ProcessIdentity;
  readonly release: () => void;
} {
  const owner = identify(process.pid);
  if (!owner)
    throw new Error('The start time of this process could not be read; is /proc mounted?');
  const mine = JSON.stringify(owner);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (claim(layout.lock, mine)) return { owner, release: () => release(layout.lock, mine) };
    refuseRunning(layout.dataDir);
    discardStale(layout.lock);
  }
  throw new Error(
    `${layout.lock} changes hands all the time; wait until the other starts are done and try again.`,
  );
}

/** A hard link appears with its whole content or not at all, unlike a file that is created and then written. */
function claim(lock: string, mine: string): boolean {
  const draft = aside(lock);
  writeFileSync(draft, mine, { mode: 0o600 });
  try {
    linkSync(draft, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Between reading and moving, another start may have replaced the stale lock by a live one: then it is put back. */
function discardStale(lock: string): void {
  const moved = aside(lock);
  try {
    renameSync(lock, moved);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const holder = readShaped(moved, processIdentity);
  try {
    if (holder && lives(holder)) linkSync(moved, lock);
  } finally {
    rmSync(moved, { force: true });
  }
}

function release(lock: string, mine: string): void {
  if (readText(lock) === mine) rmSync(lock, { force: true });
}

function aside(lock: string): string {
  return `${lock}.${process.pid}-${randomBytes(4).toString('hex')}`;
}
