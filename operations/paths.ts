import { basename, extname } from 'node:path';

const FILE = /\.(jsonl|csv|json|ya?ml|md|txt)$/i;

/** Whether an entry that may be a name or a path is a path: paths end in a known extension. */
export const isPath = (entry: string): boolean => FILE.test(entry);

/** A name made of a file's own: `My Data.jsonl` -> `my-data`. */
export const nameOfFile = (path: string): string =>
  basename(path, extname(path))
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '') || 'dataset';
