/** Collects rows and writes them some at a time; every caller awaits the write that holds its row. */
export type Flusher<Row> = {
  add(row: Row): Promise<void>;
  /** Writes what is left. */
  flush(): Promise<void>;
};

export type FlusherOptions<Row> = {
  /** Rows in a write at most. */
  readonly most: number;
  /** How long the first row waits for company. */
  readonly waitMs: number;
  /** Rows that will come at most, where that is known: with the last of them nobody waits on. */
  readonly rows?: number;
  readonly write: (rows: readonly Row[]) => Promise<void>;
};

/** A write that fails rejects the callers whose rows it held; nothing is left unawaited. */
export function createFlusher<Row>({
  most,
  waitMs,
  rows: expected = Infinity,
  write,
}: FlusherOptions<Row>): Flusher<Row> {
  let rows: Row[] = [];
  let added = 0;
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
      added += 1;
      current ??= open();
      const { promise, settle } = current;
      if (rows.length >= most || added >= expected) settle();
      else timer ??= setTimeout(settle, waitMs);
      return promise;
    },
    async flush() {
      const last = current;
      last?.settle();
      await last?.promise;
    },
  };
}
