export type Boxed = { readonly done: number; readonly failed: number; readonly deferred: number };

export type Box<Row> = {
  readonly rows: readonly Row[];
  /** Rows under way at once. */
  readonly lanes: number;
  /** No row is started after this many milliseconds; those under way are finished. */
  readonly boxMs: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
};

/** Works through rows in lanes within a time box. A row that throws ends the batch after the others under way. */
export async function timeBoxed<Row>(
  box: Box<Row>,
  work: (row: Row) => Promise<'done' | 'failed'>,
): Promise<Boxed> {
  const until = box.now() + box.boxMs;
  const tally = { done: 0, failed: 0 };
  let next = 0;
  let broken = false;
  const lane = async (): Promise<void> => {
    while (next < box.rows.length && !broken && box.now() < until && !box.signal.aborted) {
      const row = box.rows[next]!;
      next += 1;
      try {
        const end = await work(row);
        tally[end] += 1;
      } catch (error) {
        broken = true;
        throw error;
      }
    }
  };
  const lanes = Math.min(box.lanes, box.rows.length);
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  const fault = ended.find((end) => end.status === 'rejected');
  if (fault) throw fault.reason;
  box.signal.throwIfAborted();
  return { ...tally, deferred: box.rows.length - tally.done - tally.failed };
}
