import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { readJson } from '../../contracts/read-json.ts';
import { CONTENT_TYPES, type Encoding } from './answer.ts';
import { decodeRequest, ProtobufError } from './protobuf.ts';

/** Bytes of a body, as sent and unpacked. */
export const LARGEST_BODY = 64_000_000;
/** Objects and lists in a JSON body. */
export const MOST_OBJECTS = 4_000_000;

/** A body that is refused whole. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly status: ContentfulStatusCode;
  constructor(status: ContentfulStatusCode, message: string) {
    super(message);
    this.status = status;
  }
}

/** How the body is written by its content type; null for another than OTLP has. */
export function encodingOf(context: Context): Encoding | null {
  const type = (context.req.header('content-type') ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === CONTENT_TYPES.json) return 'json';
  return type === CONTENT_TYPES.protobuf || type === 'application/protobuf' ? 'protobuf' : null;
}

const unzip = promisify(gunzip);

/** The bytes of a body, unpacked. @throws BodyError (400, 413, 415) */
export async function unpacked(bytes: Buffer, contentEncoding: string): Promise<Buffer> {
  if (contentEncoding === '' || contentEncoding === 'identity') return bytes;
  if (contentEncoding !== 'gzip')
    throw new BodyError(
      415,
      `content-encoding \`${contentEncoding}\` is not known here; use gzip, or none`,
    );
  try {
    return await unzip(bytes, { maxOutputLength: LARGEST_BODY });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE')
      throw new BodyError(
        413,
        `the body is larger than ${LARGEST_BODY / 1e6} MB when unpacked; send smaller batches`,
      );
    throw new BodyError(
      400,
      `the body is not gzip: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** The request a body holds, in the shape of OTLP/JSON. @throws BodyError (400, 413) */
export function payloadOf(bytes: Buffer, encoding: Encoding): unknown {
  try {
    return encoding === 'json' ? parseJson(bytes) : decodeRequest(bytes);
  } catch (error) {
    if (error instanceof ProtobufError) throw new BodyError(400, error.message);
    if (error instanceof SyntaxError)
      throw new BodyError(400, `the body is not JSON: ${error.message}`);
    throw error;
  }
}

function parseJson(bytes: Buffer): unknown {
  refuseSwarms(bytes);
  return readJson(bytes.toString('utf8'));
}

const [QUOTE, BACKSLASH, OBJECT, LIST] = [0x22, 0x5c, 0x7b, 0x5b];

/** Counts objects and lists before they are made: `{}` takes two bytes as sent and twenty times as much in memory. */
function refuseSwarms(bytes: Buffer): void {
  if (bytes.length < MOST_OBJECTS) return;
  let [count, quoted] = [0, false];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (quoted) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === OBJECT || byte === LIST) count++;
  }
  if (count > MOST_OBJECTS)
    throw new BodyError(
      413,
      `the body holds more than ${MOST_OBJECTS} objects and lists; send smaller batches`,
    );
}
