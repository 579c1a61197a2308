import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Refusal } from '../../domain/trace/otlp.ts';
import { messageType } from './schema.ts';

/** How a request is written, and so its answer (OTLP 1.x, "OTLP/HTTP Response"). */
export type Encoding = 'json' | 'protobuf';

export const CONTENT_TYPES: Readonly<Record<Encoding, string>> = {
  json: 'application/json',
  protobuf: 'application/x-protobuf',
};

const SHOWN = 5;

/** 200; where spans were refused, with their number and the first reasons. */
export function answerAccepted(
  context: Context,
  { encoding, refused }: { readonly encoding: Encoding; readonly refused: readonly Refusal[] },
): Response {
  const errorMessage = reasonsOf(refused);
  if (encoding === 'json')
    return context.json(
      refused.length === 0
        ? {}
        : { partialSuccess: { rejectedSpans: String(refused.length), errorMessage } },
    );
  const response = messageType('ExportTraceServiceResponse');
  const partialSuccess = { rejectedSpans: refused.length, errorMessage };
  const message = response.fromObject(refused.length === 0 ? {} : { partialSuccess });
  return binary(context, response.encode(message).finish(), 200);
}

function reasonsOf(refused: readonly Refusal[]): string {
  const shown = refused.slice(0, SHOWN).map(({ at, reason }) => `${at}: ${reason}`);
  const more = refused.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** A refusal of the whole request, as a google.rpc.Status. */
export function answerRefused(
  context: Context,
  {
    encoding,
    status,
    message,
  }: {
    readonly encoding: Encoding;
    readonly status: ContentfulStatusCode;
    readonly message: string;
  },
): Response {
  const body = { code: RPC_CODES[status] ?? 13, message };
  if (encoding === 'json') return context.json(body, status);
  const type = messageType('RpcStatus');
  return binary(context, type.encode(type.fromObject(body)).finish(), status);
}

const RPC_CODES: Readonly<Record<number, number>> = {
  400: 3,
  401: 16,
  404: 5,
  413: 8,
  415: 3,
  429: 8,
  503: 14,
};

function binary(context: Context, bytes: Uint8Array, status: ContentfulStatusCode): Response {
  return context.body(new Uint8Array(bytes).buffer, status, {
    'content-type': CONTENT_TYPES.protobuf,
  });
}
