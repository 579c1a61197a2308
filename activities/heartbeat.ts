import { Context } from '@temporalio/activity';

const BEAT_MS = 1_000;

/** Runs `body` with heartbeats from a timer, which a local activity has not; its signal is aborted when the activity is cancelled. */
export async function beating<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const context = Context.current();
  if (context.info.isLocal) return body(context.cancellationSignal);
  const timer = setInterval(() => context.heartbeat(), BEAT_MS);
  try {
    return await body(context.cancellationSignal);
  } finally {
    clearInterval(timer);
  }
}
