import { readFileSync } from 'node:fs';
import { InvalidInputError } from '../../contracts/invalid-input.ts';

/** Text of a file that a person named. @throws InvalidInputError when it cannot be read as UTF-8 text */
export function readText(path: string): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
    return text.startsWith('\uFEFF') ? text.slice(1) : text;
  } catch (error) {
    throw new InvalidInputError([{ at: path, message: reasonOf(error) }]);
  }
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'is a folder; name a file';
  if (code === 'EACCES') return 'may not be read by this user';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'is not UTF-8 text';
  return error instanceof Error ? error.message : String(error);
}
