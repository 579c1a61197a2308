import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { Db } from '../../db/connect.ts';
import { ensureProject } from '../../db/projects.ts';
import { importSpans } from '../../db/traces/traces.ts';
import { OtlpError, readOtlp, type Refusal } from '../../domain/trace/otlp.ts';
import { RequestError } from '../failures.ts';
import { answerAccepted, answerRefused, type Encoding } from './answer.ts';
import { BodyError, encodingOf, LARGEST_BODY, payloadOf, unpacked } from './body.ts';
import { FORWARDED, type Forwarder } from './forward.ts';
import { createGate } from './gate.ts';
import { withoutTraces } from './open-part.ts';
import { isPassing } from './passing.ts';

export type OtlpDeps = {
  readonly db: Db;
  readonly project: string;
  /** Lets only the holder of the token pass. */
  readonly owner: MiddlewareHandler;
  /** Null where nothing is forwarded. */
  readonly forwarder: Forwarder | null;
  readonly now?: () => number;
};

/** Requests that are unpacked, read and stored at once; and the bytes of those that wait for it. */
const AT_ONCE = 2;
const MOST_WAITING = 256_000_000;
const RETRY_S = '5';

/** POST /v1/traces: OTLP/HTTP. Spans that cannot be kept are refused with reasons, the others stored; the answer comes when they are. */
export function otlpRoutes(deps: OtlpDeps): Hono {
  const routes = new Hono();
  const gate = createGate({ atOnce: AT_ONCE, mostWaiting: MOST_WAITING });
  const limit = bodyLimit({
    maxSize: LARGEST_BODY,
    onError: () => {
      throw new BodyError(
        413,
        `the body is larger than ${LARGEST_BODY / 1e6} MB; send smaller batches`,
      );
    },
  });
  routes.onError((error, context) => answerFailure(error, context));
  routes.use(deps.owner);
  routes.post('/traces', limit, async (context) => {
    const encoding = encodingOf(context);
    if (encoding === null)
      throw new BodyError(
        415,
        'send application/x-protobuf or application/json (OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf or http/json)',
      );
    const bytes = Buffer.from(await context.req.arrayBuffer());
    const arrived = { context, bytes, encoding };
    const entered = await gate.enter(bytes.length, () => take(deps, arrived));
    if (entered === null) throw new BodyError(503, 'too many requests wait to be stored');
    forward(deps, arrived, entered.done);
    return answerAccepted(context, { encoding, refused: entered.done.refused });
  });
  routes.all('*', (context) => {
    throw new BodyError(
      404,
      `${context.req.method} ${context.req.path} is not taken here, only POST /v1/traces; for metrics and logs set OTEL_METRICS_EXPORTER=none and OTEL_LOGS_EXPORTER=none`,
    );
  });
  return routes;
}

type Arrived = { readonly context: Context; readonly bytes: Buffer; readonly encoding: Encoding };

type Taken = {
  readonly refused: readonly Refusal[];
  /** Traces of gates. */
  readonly sealed: readonly string[];
  readonly payload: unknown;
};

async function take(
  { db, project, now = Date.now }: OtlpDeps,
  { context, bytes, encoding }: Arrived,
): Promise<Taken> {
  const body = await unpacked(bytes, context.req.header('content-encoding')?.toLowerCase() ?? '');
  const payload = payloadOf(body, encoding);
  const { spans, refused } = readOtlp(payload, { now: now() });
  if (spans.length === 0) return { refused, sealed: [], payload };
  await ensureProject(db, { project });
  const { sealed } = await importSpans(db, { project, spans });
  return { refused, sealed, payload };
}

function forward(
  { forwarder }: OtlpDeps,
  { context, bytes, encoding }: Arrived,
  { sealed, payload }: Taken,
): void {
  // What another Attune sent on is not sent on again: two that name each other would do so for ever.
  if (forwarder === null || context.req.header(FORWARDED) !== undefined) return;
  const open = sealed.length === 0 ? null : withoutTraces(payload, { ids: sealed, encoding });
  forwarder.offer({
    body: open ?? bytes,
    contentType: context.req.header('content-type') ?? '',
    contentEncoding: open === null ? (context.req.header('content-encoding') ?? null) : null,
  });
}

/** An exporter tries 429, 502, 503 and 504 again, and drops the batch on anything else. */
function answerFailure(error: Error, context: Context): Response {
  const encoding = encodingOf(context) ?? 'json';
  if (error instanceof OtlpError)
    return answerRefused(context, {
      encoding,
      status: 400,
      message: `the body is no OTLP trace data: ${error.message}`,
    });
  if (error instanceof BodyError || error instanceof RequestError) {
    if (error.status === 503) context.header('retry-after', RETRY_S);
    return answerRefused(context, { encoding, status: error.status, message: error.message });
  }
  console.error(JSON.stringify({ level: 'error', path: context.req.path, error: error.stack }));
  if (isPassing(error)) {
    context.header('retry-after', RETRY_S);
    const message = 'the database does not take the spans now; they may be sent again';
    return answerRefused(context, { encoding, status: 503, message });
  }
  const message = 'the server failed; its log has the details';
  return answerRefused(context, { encoding, status: 500, message });
}
