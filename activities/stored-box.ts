import { type Box, type Boxed, timeBoxed } from './boxed.ts';
import { createFlusher, type FlusherOptions } from './flusher.ts';

const BOX_MS = 60_000;

/** Where the replies of a row are stored before its result: what a kill takes of these is read from the ledger again, not paid again. */
export const REPLIES_STORED = { most: 100, waitMs: 40 } as const;

export type StoredBox<Row, Result> = Omit<Box<Row>, 'boxMs'> & {
  /** How many results a write holds, and how long the first of them waits. */
  readonly flush: Pick<FlusherOptions<Result>, 'most' | 'waitMs'>;
  readonly write: FlusherOptions<Result>['write'];
  readonly work: (row: Row) => Promise<{ readonly result: Result; readonly failed: boolean }>;
};

/** Works through rows in lanes for a minute; a row is done when its result is stored, some results at a time. */
export async function storedBox<Row, Result>({
  flush,
  write,
  work,
  ...box
}: StoredBox<Row, Result>): Promise<Boxed> {
  const flusher = createFlusher<Result>({ ...flush, rows: box.rows.length, write });
  try {
    return await timeBoxed({ ...box, boxMs: BOX_MS }, async (row) => {
      const { result, failed } = await work(row);
      await flusher.add(result);
      return failed ? 'failed' : 'done';
    });
  } finally {
    await flusher.flush();
  }
}
