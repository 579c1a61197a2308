import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs';

const TAIL_BYTES = 4_000;
const TAIL_LINES = 30;
const ROTATE_BYTES = 20_000_000;

/** Puts a large log aside as `<file>.1`; one earlier generation is kept. */
export function rotate(file: string): void {
  if (existsSync(file) && statSync(file).size > ROTATE_BYTES) renameSync(file, `${file}.1`);
}

/** What was written to the file since `offset`, at most the last `limit` bytes of it. */
export function readSince(file: string, offset: number, limit = 1_000_000): string {
  if (!existsSync(file)) return '';
  const fd = openSync(file, 'r');
  try {
    const { size } = fstatSync(fd);
    const from = Math.max(offset, size - limit, 0);
    const buffer = Buffer.alloc(Math.max(size - from, 0));
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, from));
  } finally {
    closeSync(fd);
  }
}

/** The last lines of a log since `offset`. */
export function tail(file: string, offset: number): string {
  return readSince(file, offset, TAIL_BYTES).trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
}
