import { isRecord } from '../../contracts/json.ts';
import protobuf from 'protobufjs/light.js';
import { messageType } from './schema.ts';

/** Bytes that are no ExportTraceServiceRequest, or one of absurd shape. */
export class ProtobufError extends Error {
  override readonly name = 'ProtobufError';
  readonly kind = 'invalid';
  readonly retryable = false;
}

/** Messages in one request. Empty ones take two bytes as sent and a hundred in memory. */
export const MOST_MESSAGES = 2_000_000;

const request = messageType('ExportTraceServiceRequest');

/** A request in the shape of OTLP/JSON: ids in hex, 64-bit numbers as text, other bytes in base64. @throws ProtobufError */
export function decodeRequest(bytes: Uint8Array): object {
  try {
    countMessages(bytes);
    const message = request.decode(bytes);
    const plain = request.toObject(message, { longs: String, bytes: String });
    for (const span of spansOf(plain)) {
      span['traceId'] = hex(span['traceId']);
      span['spanId'] = hex(span['spanId']);
      span['parentSpanId'] = hex(span['parentSpanId']);
      for (const link of Array.isArray(span['links']) ? span['links'].filter(isRecord) : [])
        Object.assign(link, { traceId: hex(link['traceId']), spanId: hex(link['spanId']) });
    }
    return plain;
  } catch (error) {
    if (error instanceof ProtobufError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ProtobufError(`the body is no protobuf ExportTraceServiceRequest: ${reason}`);
  }
}

/** A request in the shape of OTLP/JSON as protobuf. */
export function encodeRequest(payload: object): Buffer {
  const based = JSON.parse(JSON.stringify(payload), (key, value: unknown) =>
    IDS.has(key) ? Buffer.from(String(value), 'hex').toString('base64') : value,
  ) as object;
  return Buffer.from(request.encode(request.fromObject(based)).finish());
}

const IDS = new Set(['traceId', 'spanId', 'parentSpanId']);

type Mutable = Record<string, unknown>;

function* spansOf(plain: Mutable): Generator<Mutable> {
  for (const group of listOf(plain, 'resourceSpans'))
    for (const scoped of listOf(group, 'scopeSpans')) yield* listOf(scoped, 'spans');
}

const listOf = (holder: Mutable, name: string): readonly Mutable[] =>
  Array.isArray(holder[name]) ? (holder[name] as readonly Mutable[]) : [];

const hex = (base64: unknown): string =>
  typeof base64 === 'string' ? Buffer.from(base64, 'base64').toString('hex') : '';

/** Walks the bytes without making objects of them. @throws ProtobufError */
function countMessages(bytes: Uint8Array): void {
  const reader = protobuf.Reader.create(bytes);
  let count = 0;
  const walk = (type: protobuf.Type, end: number, depth: number): void => {
    if (++count > MOST_MESSAGES)
      throw new ProtobufError(`the body holds more than ${MOST_MESSAGES} messages`);
    if (depth > protobuf.Reader.recursionLimit)
      throw new ProtobufError(`the body is nested deeper than ${protobuf.Reader.recursionLimit}`);
    while (reader.pos < end) {
      const tag = reader.uint32();
      const below = type.fieldsById[tag >>> 3]?.resolve().resolvedType;
      if (below instanceof protobuf.Type && (tag & 7) === 2) {
        const length = reader.uint32();
        walk(below, Math.min(reader.pos + length, end), depth + 1);
      } else reader.skipType(tag & 7);
    }
  };
  walk(request, bytes.length, 0);
}
