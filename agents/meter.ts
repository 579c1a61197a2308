/** The time of one run, told apart: the agent's own, and what its model calls originally took. */
export type Meter = {
  /** A model call starts: the agent's clock stands still while any is under way. */
  callStarted(): void;
  callEnded(originalLatencyMs: number): void;
  /** Milliseconds of the agent's own work so far. */
  own(): number;
  /** Own work plus, for each stretch of waiting, the longest original latency in it. */
  latency(): number;
};

export function createMeter(now: () => number): Meter {
  let own = 0;
  let calls = 0;
  let open = 0;
  let longest = 0;
  let since = now();
  return {
    callStarted() {
      if (open === 0) {
        own += now() - since;
        longest = 0;
      }
      open += 1;
    },
    callEnded(originalLatencyMs) {
      open -= 1;
      longest = Math.max(longest, originalLatencyMs);
      if (open > 0) return;
      calls += longest;
      since = now();
    },
    own: () => (open === 0 ? own + now() - since : own),
    latency: () => calls + (open === 0 ? own + now() - since : own),
  };
}
