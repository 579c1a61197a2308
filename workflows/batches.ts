import type { JudgeSearch } from '../activities/index.ts';
import { failure } from './failures.ts';
import { agents, models } from './proxies.ts';

/** Rollouts of a run by ordinal, `to` excluded. */
export type Range = {
  readonly project: string;
  readonly run: string;
  readonly from: number;
  readonly to: number;
  /** False for recorded outputs: only the judge works. */
  readonly agent: boolean;
  /** Set where candidate judges work in place of the agent, for a search for better instructions of a judge. */
  readonly judges?: JudgeSearch;
};

export type Tally = { readonly done: number; readonly failed: number };
type Boxed = Tally & {
  readonly deferred: number;
  /** Assessments that wait for code scorers. */
  readonly code?: number;
  /** Assessments that wait for the others; told where the code scorers have been at work already. */
  readonly judges?: number;
};
type Ended = Tally & Pick<Boxed, 'code' | 'judges'>;

export const BATCH = 100;
const WINDOW = 2;

/** Runs and judges a range in batches of 100, two at a time: the limiter of the worker is never short of work. */
export async function evaluateRange(range: Range): Promise<Tally> {
  let next = range.from;
  const tallies: Tally[] = [];
  const lane = async (): Promise<void> => {
    while (next < range.to) {
      const from = next;
      next = Math.min(from + BATCH, range.to);
      const tally = await evaluateBatch({ ...range, from, to: next });
      tallies.push(tally);
    }
  };
  await Promise.all(Array.from({ length: WINDOW }, lane));
  return {
    done: tallies.reduce((sum, tally) => sum + tally.done, 0),
    failed: tallies.reduce((sum, tally) => sum + tally.failed, 0),
  };
}

async function evaluateBatch(range: Range): Promise<Tally> {
  const { project, run, from, to } = range;
  const work = { project, run, from, to };
  const rows = `${run}: rows ${from} to ${to - 1}`;
  const { judges } = range;
  if (judges !== undefined)
    return untilDone(rows, () =>
      models.judgeCandidates.executeWithOptions({ summary: `candidate judges on ${rows}` }, [
        { ...work, ...judges },
      ]),
    );
  if (range.agent) {
    const ran = await untilDone(rows, () =>
      agents.runRollouts.executeWithOptions({ summary: `agent on ${rows}` }, [work]),
    );
    if (ran.judges === 0) return ran;
  }
  const judged = await untilDone(rows, () =>
    models.judgeRollouts.executeWithOptions({ summary: `judge on ${rows}` }, [work]),
  );
  if ((judged.code ?? 0) === 0) return judged;
  const scored = await untilDone(rows, () =>
    agents.scoreRollouts.executeWithOptions({ summary: `code scorers on ${rows}` }, [work]),
  );
  return { done: judged.done + scored.done, failed: judged.failed + scored.failed };
}

// A batch that is out of time leaves the rest for the next call; one that leaves everything three times over will not end.
async function untilDone(rows: string, batch: () => Promise<Boxed>): Promise<Ended> {
  let done = 0;
  let failed = 0;
  let idle = 0;
  while (idle < 3) {
    const boxed = await batch();
    done += boxed.done;
    failed += boxed.failed;
    if (boxed.deferred === 0) return { ...boxed, done, failed };
    idle = boxed.done + boxed.failed === 0 ? idle + 1 : 0;
  }
  const type = 'NoProgress';
  throw failure({ kind: 'internal', type }, `${rows}: three batches in a row got nothing done`);
}
