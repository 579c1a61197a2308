import { type Box, type Boxed, timeBoxed } from './boxed.ts';
import { createFlusher, type FlusherOptions } from './flusher.ts';
import { type Held, permitMissing } from './unmeasured.ts';

const BOX_MS = 60_000;

/** Where the replies of a row are stored before its result: what a kill takes of these is read from the ledger again, not paid again. */
export const REPLIES_STORED = { most: 100, waitMs: 40 } as const;

export type StoredBox<Row, Result> = Omit<Box<Row>, 'boxMs'> & {
  /** How many results a write holds, and how long the first of them waits. */
  readonly flush: Pick<FlusherOptions<Result>, 'most' | 'waitMs'>;
  readonly write: FlusherOptions<Result>['write'];
  readonly work: (row: Row) => Promise<Worked<Result>>;
  readonly missing: Pick<Held<Result>, 'at' | 'batch' | 'count'>;
};

export type Worked<Result> = {
  readonly result: Result;
  readonly failed: boolean;
  /** Why the row was not measured, where that is no fault of its own. */
  readonly notThrough: string | null;
};

/**
 * Works through rows in lanes for a minute; a row is done when its result is stored, some results at a time. Rows that did not get
 * through are held until the others are done, and stored as missing only where they are the lesser part of their run.
 */
export async function storedBox<Row, Result>({
  flush,
  write,
  work,
  missing,
  ...box
}: StoredBox<Row, Result>): Promise<Boxed> {
  const flusher = createFlusher<Result>({ ...flush, rows: box.rows.length, write });
  const held: Result[] = [];
  let message = '';
  const boxed = timeBoxed({ ...box, boxMs: BOX_MS }, async (row) => {
    const { result, failed, notThrough } = await work(row);
    box.signal.throwIfAborted();
    if (notThrough === null) await flusher.add(result);
    else {
      held.push(result);
      message = notThrough;
    }
    return failed ? 'failed' : 'done';
  });
  const ended = await Promise.allSettled([boxed]);
  await flusher.flush();
  if (ended[0].status === 'rejected') throw ended[0].reason;
  await permitMissing({ ...missing, results: held, message });
  if (held.length > 0) await write(held);
  return ended[0].value;
}
