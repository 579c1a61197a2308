import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';

/** Writes a file that only its owner may read, whole or not at all. */
export function writePrivate(file: string, content: string): void {
  const partial = `${file}.${process.pid}-${randomBytes(3).toString('hex')}`;
  writeFileSync(partial, content, { mode: 0o600 });
  renameSync(partial, file);
}
