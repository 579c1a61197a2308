import { existsSync, readdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { endProcess } from './ending.ts';
import { lives } from './identity.ts';
import { layoutOf } from './layout.ts';
import { lockHolder, refuseRunning, takeLock } from './lock.ts';
import { endOrphans } from './orphans.ts';
import type { StackEvent } from './part.ts';
import { outsideOf, pointedData } from './postgres/place.ts';

/** A stack ends its parts in a few seconds; one that hangs is killed and its parts are ended here. */
const PATIENCE_MS = 30_000;

export type Stopped = { readonly stopped: boolean; readonly pid?: number };

/** Ends the stack of a data folder, from whichever process, and what a killed one left behind. Resolves when every process is gone. */
export async function stopStack(
  dataDir: string,
  onEvent: (event: StackEvent) => void = () => {},
): Promise<Stopped> {
  const layout = layoutOf(dataDir);
  if (!existsSync(dataDir)) return { stopped: false };
  const holder = lockHolder(layout);
  const living = holder && lives(holder) && holder.pid !== process.pid ? holder : undefined;
  if (living) await endProcess(living, [{ signal: 'SIGTERM', waitMs: PATIENCE_MS }]);
  const { release } = takeLock(layout);
  let orphans = 0;
  try {
    await endOrphans(layout, (event) => {
      orphans += 1;
      onEvent(event);
    });
    rmSync(layout.info, { force: true });
  } finally {
    release();
  }
  return { stopped: living !== undefined || orphans > 0, ...(living && { pid: living.pid }) };
}

/** Deletes the data folder and what lives outside it. Throws StackRunningError while a stack uses it. */
export async function resetStack(dataDir: string): Promise<void> {
  refuseRunning(dataDir);
  if (!existsSync(dataDir)) return;
  await stopStack(dataDir);
  const outside = pointedData(dataDir);
  if (outside !== undefined) removeOutside(outside, dataDir);
  rmSync(dataDir, { recursive: true, force: true });
}

/**
 * The programs beside the data go too when this is the data folder of the clone itself and no other is left; while any other data folder
 * is reset, a stack of the same clone may be starting there.
 */
function removeOutside(data: string, dataDir: string): void {
  for (const path of [data, `${data}.building`, `${data}.password`])
    rmSync(path, { recursive: true, force: true });
  const home = dirname(data);
  if (home !== outsideOf(dirname(dataDir)) || !existsSync(home)) return;
  const others = readdirSync(home).some((name) => name.startsWith('data-'));
  if (!others) rmSync(home, { recursive: true, force: true });
}
