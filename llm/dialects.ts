import { setTimeout as delay } from 'node:timers/promises';
import {
  type Change,
  type Dialect,
  type DialectStore,
  type Format,
  subjectOf,
  withChange,
} from '../contracts/dialect.ts';

/** What this process knows of one model at an endpoint. */
export type Acquaintance = {
  dialect(): Dialect;
  /** Takes a change as true from now on, here and for the next process. */
  learn(change: Change, said: string): void;
  /** The first call of a kind goes alone, so that what it is refused for is learned once and not by all. */
  meet<T>(kind: string, signal: AbortSignal, call: () => Promise<T>): Promise<T>;
  /** That a call of this kind was answered, in the format of its schema where it had one. */
  answered(kind: string, format: Format | null): void;
  knows(kind: string): boolean;
  took(format: Format): boolean;
  /** That a server failed with a format and answered without: how often in turn. */
  failedWith(format: Format): number;
};

export type Dialects = {
  of(model: string): Promise<Acquaintance>;
  /** When all that was learned so far is kept, or could not be. */
  kept(): Promise<void>;
};

/** A refusal comes soon: a call that takes longer than this was taken, and holds up no others. */
const LONGEST_MEETING_MS = 1_500;

export type DialectsOptions = {
  readonly endpoint: string;
  readonly store: DialectStore | undefined;
  /** What is known of a model before anything is asked. */
  readonly start: (model: string) => Dialect;
};

/** Dialects by model, read once from where they are kept. */
export function createDialects({ endpoint, store, start }: DialectsOptions): Dialects {
  const known = new Map<string, Promise<Acquaintance>>();
  const keeping = new Set<Promise<void>>();

  async function open(model: string): Promise<Acquaintance> {
    const kept = (await store?.read({ endpoint, model })) ?? [];
    const keep = (change: Change, said: string): void => {
      // What could not be kept is learned again by the next process; the call it came with goes on.
      const written = store?.learn({ endpoint, model, change, said }).catch(() => undefined);
      if (written === undefined) return;
      keeping.add(written);
      void written.finally(() => keeping.delete(written));
    };
    const documented = start(model);
    // What documentation says is kept too, so that a run shows it like what was learned.
    for (const change of documented)
      if (!kept.some((other) => subjectOf(other) === subjectOf(change)))
        keep(change, 'from its documentation');
    return acquaintance(kept.reduce(withChange, documented), keep);
  }

  return {
    of(model) {
      const found = known.get(model) ?? open(model);
      known.set(model, found);
      found.catch(() => known.delete(model));
      return found;
    },
    kept: async () => void (await Promise.all(keeping)),
  };
}

/** Waits for the work of another, which never rejects, but no longer than this. */
async function atMost(work: Promise<unknown>, ms: number, signal: AbortSignal): Promise<void> {
  const over = new AbortController();
  const longest = AbortSignal.any([signal, over.signal]);
  const late = delay(ms, undefined, { signal: longest, ref: false }).catch(() => undefined);
  await Promise.race([work, late]);
  over.abort();
  signal.throwIfAborted();
}

function acquaintance(start: Dialect, keep: (change: Change, said: string) => void): Acquaintance {
  let dialect = start;
  const kinds = new Set<string>();
  const formats = new Set<Format>();
  const failures = new Map<Format, number>();
  const meetings = new Map<string, Promise<unknown>>();

  async function meet<T>(kind: string, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    const until = performance.now() + LONGEST_MEETING_MS;
    for (;;) {
      const met = meetings.get(kind);
      const left = until - performance.now();
      if (kinds.has(kind) || (met !== undefined && left <= 0)) return call();
      if (met === undefined) break;
      await atMost(met, left, signal);
    }
    const first = call();
    const settled = first.then(
      () => undefined,
      () => undefined,
    );
    meetings.set(kind, settled);
    void settled.then(() => meetings.delete(kind));
    return first;
  }

  return {
    dialect: () => dialect,
    learn(change, said) {
      dialect = withChange(dialect, change);
      keep(change, said);
    },
    meet,
    answered(kind, format) {
      kinds.add(kind);
      if (format === null) return;
      formats.add(format);
      failures.delete(format);
    },
    knows: (kind) => kinds.has(kind),
    took: (format) => formats.has(format),
    failedWith(format) {
      const times = (failures.get(format) ?? 0) + 1;
      failures.set(format, times);
      return times;
    },
  };
}
