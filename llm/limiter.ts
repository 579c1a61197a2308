export type LimiterOptions = {
  /** Calls in flight at most. */
  readonly concurrency?: number;
  /** Calls started in any minute at most. */
  readonly perMinute?: number;
  readonly now?: () => number;
};

/** One for each process and provider key. Waiting calls take turns by cycle. */
export type Limiter = {
  /** Calls in flight at most, where nothing is limited. */
  readonly most: number;
  /** Resolves with the function that gives the slot back; `limited` says that the call met a 429. */
  acquire(cycle: string, signal: AbortSignal): Promise<(outcome: 'done' | 'limited') => void>;
  readonly state: () => {
    readonly allowed: number;
    readonly active: number;
    readonly waiting: number;
  };
};

type Waiter = { readonly start: () => void };

const WINDOW_MS = 1_000;
const TOLERATED = 0.1;
/** Calls that a window needs before its share says anything. */
const ENOUGH = 10;

/** The next allowed concurrency: down by the share of 429 in the window (at most by half), up by an eighth without. */
export function adapt(allowed: number, most: number, share: number): number {
  if (share > TOLERATED) return Math.max(1, Math.floor(allowed * Math.max(0.5, 1 - share)));
  return Math.min(most, allowed + Math.max(1, Math.floor(most / 8)));
}

/** Concurrency (default 64) that falls with the share of 429 in a window of one second, never on a single one. */
export function createLimiter(options: LimiterOptions = {}): Limiter {
  const most = options.concurrency ?? 64;
  const now = options.now ?? Date.now;
  const turns = createTurns();
  const pace = createPace(options.perMinute, now);
  let allowed = most;
  let active = 0;
  let window = { start: now(), calls: 0, limited: 0 };
  let timer: NodeJS.Timeout | undefined;

  function rest(): void {
    clearTimeout(timer);
    timer = undefined;
  }

  function drain(): void {
    while (active < allowed && turns.size() > 0) {
      const wait = pace.waitMs();
      if (wait > 0) {
        timer ??= setTimeout(() => {
          timer = undefined;
          drain();
        }, wait);
        return;
      }
      active++;
      pace.started();
      turns.next()!.start();
    }
  }

  function settle(outcome: 'done' | 'limited'): void {
    active--;
    window.calls++;
    if (outcome === 'limited') window.limited++;
    if (window.calls >= ENOUGH && now() - window.start >= WINDOW_MS) {
      allowed = adapt(allowed, most, window.limited / window.calls);
      window = { start: now(), calls: 0, limited: 0 };
    }
    drain();
  }

  return {
    most,
    state: () => ({ allowed, active, waiting: turns.size() }),
    acquire: (cycle, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const leave = (): void => {
          turns.remove(cycle, waiter);
          if (turns.size() === 0) rest();
          reject(signal.reason);
        };
        const waiter: Waiter = {
          start: () => {
            signal.removeEventListener('abort', leave);
            let open = true;
            resolve((outcome) => {
              if (open) settle(outcome);
              open = false;
            });
          },
        };
        signal.addEventListener('abort', leave, { once: true });
        turns.add(cycle, waiter);
        drain();
      }),
  };
}

/** Queues by cycle, served in turn. */
function createTurns() {
  const queues = new Map<string, Set<Waiter>>();
  let count = 0;
  return {
    size: () => count,
    add(cycle: string, waiter: Waiter): void {
      const queue = queues.get(cycle);
      if (queue) queue.add(waiter);
      else queues.set(cycle, new Set([waiter]));
      count++;
    },
    remove(cycle: string, waiter: Waiter): void {
      const queue = queues.get(cycle);
      if (!queue?.delete(waiter)) return;
      count--;
      if (queue.size === 0) queues.delete(cycle);
    },
    next(): Waiter | undefined {
      for (const [cycle, queue] of queues) {
        const waiter = queue.values().next().value!;
        queue.delete(waiter);
        count--;
        // Back of the line: a Map keeps the order of insertion.
        queues.delete(cycle);
        if (queue.size > 0) queues.set(cycle, queue);
        return waiter;
      }
      return undefined;
    },
  };
}

/** Starts within the last minute, when a bound is set. */
function createPace(perMinute: number | undefined, now: () => number) {
  const starts: number[] = [];
  return {
    started: () => void (perMinute !== undefined && starts.push(now())),
    waitMs(): number {
      if (perMinute === undefined) return 0;
      while (starts.length > 0 && starts[0]! <= now() - 60_000) starts.shift();
      return starts.length < perMinute ? 0 : starts[0]! + 60_000 - now();
    },
  };
}
