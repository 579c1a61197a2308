import { readlinkSync, realpathSync, rmSync } from 'node:fs';
import { endProcess } from './ending.ts';
import { readText } from './files.ts';
import { type ProcessIdentity, identify, lives } from './identity.ts';
import type { Layout } from './layout.ts';
import { type StackEvent, stopSteps } from './part.ts';
import { pointedData } from './postgres/place.ts';
import { postmasterFile } from './postgres/server.ts';
import { readRecord } from './record.ts';
import { join } from 'node:path';

/**
 * Ends what an earlier stack of this data folder left running, and waits until it is gone. Only processes whose start time is the
 * recorded one are touched. The caller holds the lock, so no living stack owns them.
 */
export async function endOrphans(
  layout: Layout,
  onEvent: (event: StackEvent) => void,
): Promise<void> {
  const { postgres, ...others } = readRecord(layout);
  await Promise.all(Object.entries(others).map(([part, identity]) => end(part, identity, onEvent)));
  if (postgres) await end('postgres', postgres, onEvent);
  const unrecorded = findPostmaster(layout);
  if (unrecorded) await end('postgres', unrecorded, onEvent);
  rmSync(layout.processes, { force: true });
}

async function end(
  part: string,
  identity: ProcessIdentity,
  onEvent: (event: StackEvent) => void,
): Promise<void> {
  const lived = lives(identity);
  const gone = await endProcess(identity, stopSteps(part));
  if (!gone)
    throw new Error(
      `The ${part} process ${identity.pid} of an earlier stack does not end, not even with SIGKILL.`,
    );
  if (lived) onEvent({ kind: 'orphan-ended', part, pid: identity.pid });
}

/** PostgreSQL works inside its data folder, which tells its process from another that was given the same pid. */
function findPostmaster(layout: Layout): ProcessIdentity | undefined {
  const data = pointedData(layout.dataDir) ?? join(layout.dataDir, 'postgres');
  const pid = Number(readText(postmasterFile({ data }))?.split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realpathSync(data) ? identify(pid) : undefined;
  } catch {
    return undefined;
  }
}
