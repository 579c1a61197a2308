export type Signals = {
  /** Aborted by the first SIGINT, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal;
  readonly received: () => NodeJS.Signals | undefined;
  readonly dispose: () => void;
};

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Turns the signals that end a process into an abort; a second SIGINT calls `onImpatience`, if the first is not fast enough. */
export function abortOnSignals(onImpatience: () => void = () => {}): Signals {
  const controller = new AbortController();
  let first: NodeJS.Signals | undefined;
  const handle = (name: NodeJS.Signals) => {
    if (first !== undefined && name === 'SIGINT') return onImpatience();
    first ??= name;
    return controller.abort();
  };
  for (const name of SIGNALS) process.on(name, handle);
  for (const stream of [process.stdout, process.stderr]) stream.on('error', ignore);
  return {
    signal: controller.signal,
    received: () => first,
    dispose: () => {
      for (const name of SIGNALS) process.off(name, handle);
    },
  };
}

/** A terminal that has gone must not cut the stop short: what can no longer be written is not missed, last words included. */
function ignore(): void {}
