import { randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { z } from 'zod';

/** Writes a file that only its owner may read, whole or not at all. */
export function writePrivate(file: string, content: string): void {
  const partial = `${file}.${process.pid}-${randomBytes(3).toString('hex')}`;
  writeFileSync(partial, content, { mode: 0o600 });
  renameSync(partial, file);
}

/** The content of a JSON file of ours; undefined when it is absent or not of that shape, as after a crash of the machine. */
export function readShaped<Shape>(file: string, shape: z.ZodType<Shape>): Shape | undefined {
  const text = readText(file);
  if (text === undefined) return undefined;
  try {
    return shape.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
