import { readFileSync } from 'node:fs';
import { InvalidInputError } from '../../contracts/invalid-input.ts';

/** Text of a file that a person named: UTF-8, or UTF-16 as spreadsheets save it. @throws InvalidInputError with the remedy */
export function readText(path: string): string {
  const bytes = bytesOf(path);
  const encoding = encodingOf(bytes);
  const text = decode(path, bytes, encoding);
  const nul = text.indexOf('\0');
  if (nul >= 0)
    refuse(
      `${path}:${lineAt(text, nul)}`,
      'holds a NUL byte, which no text has: is this the right file?',
    );
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

function bytesOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    return refuse(path, reasonOf(error));
  }
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** By the byte order mark; without one, text of which every second byte is zero is UTF-16. */
function encodingOf(bytes: Buffer): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const head = bytes.subarray(0, 512);
  if (head.length < 4) return 'utf-8';
  const zeros = (parity: number): number =>
    head.filter((byte, at) => byte === 0 && at % 2 === parity).length;
  const most = head.length * 0.4;
  if (zeros(1) > most && zeros(0) === 0) return 'utf-16le';
  if (zeros(0) > most && zeros(1) === 0) return 'utf-16be';
  return 'utf-8';
}

function decode(path: string, bytes: Buffer, encoding: Encoding): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    if (encoding !== 'utf-8') return refuse(path, `is torn: its ${encoding} text does not end`);
    const text = bytes.toString('latin1');
    return refuse(
      `${path}:${lineAt(text, firstBad(bytes))}`,
      'is not UTF-8 text; most likely it is Latin-1 or Windows-1252. Save it as "CSV UTF-8", or convert it: ' +
        `\`iconv -f WINDOWS-1252 -t UTF-8 ${path} > utf8-${path.split('/').at(-1)}\``,
    );
  }
}

/** Offset of the first byte that differs when what was read is written again. */
function firstBad(bytes: Buffer): number {
  const again = Buffer.from(bytes.toString('utf8'));
  const at = again.findIndex((byte, index) => byte !== bytes[index]);
  return at < 0 ? bytes.length : at;
}

const lineAt = (text: string, offset: number): number =>
  text.slice(0, offset).split(/\r\n|\n|\r/).length;

function refuse(at: string, message: string): never {
  throw new InvalidInputError([{ at, message }]);
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'is a folder; name a file';
  if (code === 'EACCES') return 'may not be read by this user';
  return error instanceof Error ? error.message : String(error);
}
