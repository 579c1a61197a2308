import { accessSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InvalidInputError } from '../../contracts/invalid-input.ts';

/** Refuses, before any work is done, files that could not be written after it. @throws InvalidInputError */
export function checkWritable(...paths: readonly (string | undefined)[]): void {
  const faults = paths.flatMap((path) => {
    const message = path === undefined ? null : faultOf(resolve(path));
    return message === null ? [] : [{ at: path!, message }];
  });
  if (faults.length > 0) throw new InvalidInputError(faults);
}

function faultOf(path: string): string | null {
  const folder = dirname(path);
  if (!existsSync(folder)) return `cannot be written: there is no folder ${folder}`;
  if (existsSync(path) && statSync(path).isDirectory()) return 'is a folder; name a file';
  try {
    accessSync(existsSync(path) ? path : folder, constants.W_OK);
    return null;
  } catch {
    return 'may not be written by this user';
  }
}

/** Writes a file that a person named. @throws InvalidInputError */
export function writeText(path: string, text: string): void {
  checkWritable(path);
  writeFileSync(path, text);
}
