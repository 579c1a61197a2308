import type { AgentResult } from '../../agents/result.ts';

/** Nothing of a run was answered: the service or program is not there. */
export class AgentAwayError extends Error {
  override readonly name = 'AgentAway';
  readonly kind = 'unavailable';
  readonly retryable = false;
}

/** So many rows one after the other say that nobody is there, where none has said otherwise. */
const FIRST_ROWS = 5;

/** Watches over the first rows of a run. */
export type FirstRows = {
  /** Aborted, with the error that says so, when none of the first rows got through. */
  readonly signal: AbortSignal;
  /** @throws AgentAwayError */
  see(result: AgentResult): void;
};

/** `answered`: whether the run has rows that were answered before. */
export function watchFirstRows({
  run,
  rows,
  answered,
}: {
  readonly run: string;
  readonly rows: number;
  readonly answered: boolean;
}): FirstRows {
  const stop = new AbortController();
  let reached = answered;
  let away = 0;
  return {
    signal: stop.signal,
    see({ unreachable = false, error }) {
      reached ||= !unreachable;
      if (reached) return;
      away += 1;
      if (away < Math.min(FIRST_ROWS, rows)) return;
      const fault = new AgentAwayError(
        `${run}: stopped early, as none of its first ${away} rows got through: ${error?.message}. Nothing was measured`,
      );
      stop.abort(fault);
      throw fault;
    },
  };
}
