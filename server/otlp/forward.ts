import { setTimeout as sleep } from 'node:timers/promises';

export type Parcel = {
  readonly body: Buffer;
  readonly contentType: string;
  readonly contentEncoding: string | null;
};

export type ForwardFigures = {
  readonly waiting: number;
  readonly sent: number;
  /** Given up: the queue was full, the other end refused, or did not take it in time. */
  readonly dropped: number;
};

/** Sends what was received on to another OTLP endpoint, in order and in its own time. */
export type Forwarder = {
  /** Never waits and never throws; false where the queue is full. */
  offer(parcel: Parcel): boolean;
  figures(): ForwardFigures;
  /** Sends what it can within the time given, then stops. */
  close(withinMs: number): Promise<void>;
};

export type ForwardOptions = {
  readonly url: string;
  /** May hold secrets: never logged. */
  readonly headers: Readonly<Record<string, string>>;
  readonly log: (line: object) => void;
  readonly mostBytes?: number;
  readonly firstWaitMs?: number;
};

/** Marks what an Attune sent on. */
export const FORWARDED = 'x-attune-forwarded';

const MOST_BYTES = 64_000_000;
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;
const TIMEOUT_MS = 30_000;
const RETRYABLE = new Set([429, 502, 503, 504]);

export function createForwarder(options: ForwardOptions): Forwarder {
  const { log, mostBytes = MOST_BYTES } = options;
  const queue: Parcel[] = [];
  const stop = new AbortController();
  let [bytes, sent, dropped] = [0, 0, 0];
  let busy: Promise<void> | null = null;

  const drop = (reason: string): false => {
    dropped += 1;
    log({ level: 'warning', forward: 'dropped', reason, dropped });
    return false;
  };

  async function drain(): Promise<void> {
    for (let parcel = queue[0]; parcel !== undefined; parcel = queue[0]) {
      const failure = await deliver(parcel, { ...options, signal: stop.signal });
      queue.shift();
      bytes -= parcel.body.length;
      if (failure === null) sent += 1;
      else drop(failure);
    }
    busy = null;
  }

  return {
    offer(parcel) {
      if (stop.signal.aborted) return drop('the server stops');
      if (bytes + parcel.body.length > mostBytes) return drop('the queue is full');
      queue.push(parcel);
      bytes += parcel.body.length;
      busy ??= drain();
      return true;
    },
    figures: () => ({ waiting: queue.length, sent, dropped }),
    async close(withinMs) {
      if (busy === null) return;
      const timer = setTimeout(() => stop.abort(), withinMs);
      await busy;
      clearTimeout(timer);
    },
  };
}

type Delivery = ForwardOptions & { readonly signal: AbortSignal };

/** Null once it is delivered, else why not. */
async function deliver(parcel: Parcel, options: Delivery): Promise<string | null> {
  const { signal, firstWaitMs = FIRST_WAIT_MS } = options;
  let failure = 'the server stops';
  for (let attempt = 0; attempt < ATTEMPTS && !signal.aborted; attempt++) {
    const { status, reason, retryAfterMs } = await post(parcel, options);
    if (status !== null && status < 300) return null;
    failure = reason;
    if (status !== null && !RETRYABLE.has(status)) return failure;
    const wait = retryAfterMs ?? firstWaitMs * 2 ** attempt * (0.5 + Math.random());
    if (attempt < ATTEMPTS - 1)
      await sleep(Math.min(wait, LONGEST_WAIT_MS), undefined, { signal }).catch(() => undefined);
  }
  return failure;
}

type Outcome = {
  /** Null where nobody answered. */
  readonly status: number | null;
  readonly reason: string;
  readonly retryAfterMs: number | null;
};

async function post(parcel: Parcel, { url, headers, signal }: Delivery): Promise<Outcome> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': parcel.contentType,
        ...(parcel.contentEncoding !== null && { 'content-encoding': parcel.contentEncoding }),
        [FORWARDED]: '1',
        ...headers,
      },
      body: new Uint8Array(parcel.body),
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await response.body?.cancel();
    const seconds = Number(response.headers.get('retry-after') ?? NaN);
    return {
      status: response.status,
      reason: `${new URL(url).host} answered ${response.status}`,
      retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : null,
    };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error ? cause.message : String(cause);
    return { status: null, reason: `${new URL(url).host}: ${reason}`, retryAfterMs: null };
  }
}
