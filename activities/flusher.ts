/** Collects rows and writes them about twenty at a time; every caller awaits the write that holds its row. */
export type Flusher<Row> = {
  add(row: Row): Promise<void>;
  /** Writes what is left. */
  flush(): Promise<void>;
};

const ROWS = 20;
const WAIT_MS = 10;

/** An insert that fails rejects the callers whose rows it held; nothing is left unawaited. */
export function createFlusher<Row>(write: (rows: readonly Row[]) => Promise<void>): Flusher<Row> {
  let rows: Row[] = [];
  let current: { promise: Promise<void>; settle: () => void } | null = null;
  let timer: NodeJS.Timeout | undefined;

  function open(): { promise: Promise<void>; settle: () => void } {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const settle = (): void => {
      const batch = rows;
      rows = [];
      current = null;
      clearTimeout(timer);
      timer = undefined;
      write(batch).then(resolve, reject);
    };
    return { promise, settle };
  }

  return {
    add(row) {
      rows.push(row);
      current ??= open();
      const { promise, settle } = current;
      if (rows.length >= ROWS) settle();
      else timer ??= setTimeout(settle, WAIT_MS);
      return promise;
    },
    async flush() {
      const last = current;
      last?.settle();
      await last?.promise;
    },
  };
}
