export type BoundedSignal = {
  readonly signal: AbortSignal;
  readonly timedOut: () => boolean;
  /** Must be called when the work is over. */
  release(): void;
};

/**
 * A signal that ends with another one or after a time. Unlike `AbortSignal.any` and `AbortSignal.timeout` it leaves nothing behind: those
 * keep their timer, and with it what listens to them, for the whole time, which at a thousand calls a second is hundreds of megabytes.
 */
export function boundedSignal(outer: AbortSignal, ms: number): BoundedSignal {
  const controller = new AbortController();
  let timedOut = false;
  const follow = (): void => controller.abort(outer.reason);
  const timer = setTimeout(() => {
    timedOut = true;
    controller.abort();
  }, ms);
  if (outer.aborted) follow();
  else outer.addEventListener('abort', follow, { once: true });
  return {
    signal: controller.signal,
    timedOut: () => timedOut,
    release() {
      clearTimeout(timer);
      outer.removeEventListener('abort', follow);
    },
  };
}
