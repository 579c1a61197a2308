import { setTimeout as sleep } from 'node:timers/promises';
import { endProcess } from './ending.ts';
import { StackInterruptedError } from './errors.ts';
import { type ProcessIdentity, lives } from './identity.ts';
import { type Exit, type Launch, type Running, describeExit, launch } from './launch.ts';
import { type PartName, type StackEvent, stopSteps } from './part.ts';
import type { ProcessRecord } from './record.ts';

export type Supervision = {
  readonly part: PartName;
  /** How to start it: `port` is the one it had before, undefined at the first start. */
  readonly launch: (port: number | undefined) => Launch;
  readonly record: ProcessRecord;
  readonly onEvent: (event: StackEvent) => void;
  /** Called once, when restarts have been given up. */
  readonly onFailed: (part: PartName, reason: string) => void;
};
export type Supervised = {
  readonly part: PartName;
  readonly start: () => Promise<Running>;
  readonly stop: () => Promise<void>;
};

/** A process that lived this long counts as healthy, and its next death as the first. */
const STEADY_MS = 5_000;
const MAX_DEATHS = 7;
const MAX_DELAY_MS = 2_000;

/** Starts a process and starts it again when it dies: at once at first, then after 0.1, 0.2, ... 2 s; seven deaths in a row end that. */
export function supervise({
  part,
  launch: describe,
  record,
  onEvent,
  onFailed,
}: Supervision): Supervised {
  const stopped = new AbortController();
  let latest: ProcessIdentity | undefined;
  let port: number | undefined;
  let deaths = 0;

  const startOnce = async (): Promise<Running> => {
    if (stopped.signal.aborted) throw new StackInterruptedError();
    try {
      const running = await launch({ ...describe(port) }, (identity) => {
        latest = identity;
        record.add(part, identity);
      });
      port = running.port;
      watch(running);
      return running;
    } catch (error) {
      if (latest) await endProcess(latest, []);
      throw stopped.signal.aborted ? new StackInterruptedError() : error;
    }
  };

  const watch = (running: Running): void => {
    const since = performance.now();
    void running.exited.then((exit) => {
      if (stopped.signal.aborted) return undefined;
      if (performance.now() - since > STEADY_MS) deaths = 0;
      return revive(exit, running.identity);
    });
  };

  const revive = async (exit: Exit, dead: ProcessIdentity): Promise<void> => {
    const begun = performance.now();
    onEvent({ kind: 'died', part, reason: describeExit(exit) });
    await endProcess(dead, []);
    let reason = describeExit(exit);
    for (;;) {
      deaths += 1;
      if (deaths > MAX_DEATHS) break;
      try {
        await sleep(deaths === 1 ? 0 : Math.min(100 * 2 ** (deaths - 2), MAX_DELAY_MS), undefined, {
          signal: stopped.signal,
        });
        await startOnce();
        return onEvent({ kind: 'restarted', part, ms: Math.round(performance.now() - begun) });
      } catch (error) {
        if (stopped.signal.aborted) return undefined;
        reason = (error as Error).message;
      }
    }
    onEvent({ kind: 'failed', part, reason });
    return onFailed(part, reason);
  };

  const stop = async (): Promise<void> => {
    stopped.abort();
    if (!latest) return;
    await endProcess(latest, stopSteps(part));
    if (!lives(latest)) record.remove(part);
  };
  return { part, start: startOnce, stop };
}
