import { judgeRollouts } from '../../activities/evaluate/judging.ts';
import type { Db } from '../../db/connect.ts';
import { getJudge } from '../../db/versions/judges.ts';
import * as runs from '../../db/runs/runs.ts';
import { openDeps } from '../../worker/deps.ts';
import { readEnvironment } from '../../worker/environment.ts';
import type { Mock } from '../mock.ts';

export type Judging = {
  readonly mock: Mock;
  readonly db: Db;
  readonly env: NodeJS.ProcessEnv;
  /** Id of the aligned judge. */
  readonly judge: string;
  readonly verdicts: number;
};

const BASE = 'polite@1';

/** Output `at` of the rows `fresh-<n>`, of which there is one for each verdict. */
export const outputOf = (at: number) => ({
  answer: `Hold the power key of device ${at} for ten seconds.`,
});

/**
 * Verdicts by the worker's own code: first one of the aligned judge by a process that knows nothing yet, then both judges on output after
 * output, which of them goes first by turns, so that whatever else the machine does meets both alike.
 */
export async function measureVerdicts(of: Judging) {
  const planned = { base: await plan(of, BASE), aligned: await plan(of, of.judge) };
  const first = await inFreshProcess(of, (judge) => timed(of, () => judge(planned.aligned, 0)));
  return inFreshProcess(of, async (judge) => {
    const rows = Array.from({ length: of.verdicts - 1 }, (_, at) => at + 1);
    const told = { base: [] as Timed[], aligned: [] as Timed[] };
    for (const at of rows)
      for (const name of at % 2 === 0 ? NAMES : NAMES.toReversed())
        told[name].push(await timed(of, () => judge(planned[name], at)));
    const base = told.base.map(({ ms }) => ms);
    const aligned = told.aligned.map(({ ms }) => ms);
    return {
      verdictMs: { base: median(base), aligned: median(aligned) },
      addedShare: median(aligned) / median(base) - 1,
      pairs: addedIn(base.map((ms, at) => aligned[at]! / ms)),
      callsAVerdict: mean(told.aligned.map(({ calls }) => calls)),
      tokensAVerdict: {
        base: Math.round(mean(told.base.map(({ tokens }) => tokens))),
        aligned: Math.round(mean(told.aligned.map(({ tokens }) => tokens))),
      },
      firstVerdictOfAProcess: {
        calls: first.calls,
        embedded: first.embedded,
        seconds: first.ms / 1000,
      },
    };
  });
}

const NAMES = ['base', 'aligned'] as const;

/** Added share pair by pair: its median, with the 95 % interval by order statistics. */
function addedIn(ratios: readonly number[]) {
  const sorted = ratios.toSorted((a, b) => a - b);
  const half = (1.96 * Math.sqrt(sorted.length)) / 2;
  const at = (place: number): number =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(place)))]! - 1;
  const middle = (sorted.length - 1) / 2;
  return {
    n: sorted.length,
    median: median(sorted) - 1,
    low: at(middle - half),
    high: at(middle + half),
  };
}

/** A run of one judge over the fresh rows, judged one row at a time. */
async function plan({ db, verdicts }: Judging, judge: string): Promise<string> {
  const run = `bench/${judge}`;
  const { id } = await getJudge(db, { project: 'default', id: judge });
  await runs.createRun(db, {
    alone: {
      project: 'default',
      datasetVersion: 'fresh@1',
      spec: { agent: 'recorded', models: {} },
    },
    name: run,
    kind: 'evaluate',
    scorers: [id],
    agent: 'recorded',
    agentFingerprint: 'recorded',
    models: {},
  });
  await runs.addArmOfHashes(db, { project: 'default', run, arm: 'recorded', prompts: {} });
  const outputs = Array.from({ length: verdicts }, (_, at) => ({
    example: `fresh-${at}`,
    outputs: outputOf(10_000 + at),
    traceId: null,
  }));
  await runs.planRollouts(db, { project: 'default', run, cells: runs.recordedCells(outputs) });
  return run;
}

type Judge = (run: string, at: number) => Promise<unknown>;

/** With the dependencies of a worker that has just started. */
async function inFreshProcess<T>({ env }: Judging, work: (judge: Judge) => Promise<T>): Promise<T> {
  const deps = await openDeps(readEnvironment(env));
  const { signal } = new AbortController();
  try {
    return await work((run, at) =>
      judgeRollouts(deps.activities, { project: 'default', run, from: at, to: at + 1 }, signal),
    );
  } finally {
    await deps.close();
  }
}

type Timed = {
  readonly ms: number;
  readonly calls: number;
  readonly tokens: number;
  readonly embedded: number;
};

async function timed({ mock }: Judging, verdict: () => Promise<unknown>): Promise<Timed> {
  const before = await mock.stats();
  const begun = performance.now();
  await verdict();
  const ms = performance.now() - begun;
  const after = await mock.stats();
  return {
    ms,
    calls: after.requests - before.requests,
    tokens: after.tokensIn - before.tokensIn,
    embedded: embeddedIn(after) - embeddedIn(before),
  };
}

const embeddedIn = ({ byKind }: Awaited<ReturnType<Mock['stats']>>): number =>
  Object.entries(byKind)
    .filter(([kind]) => kind.startsWith('emb:'))
    .reduce((sum, [, { inputs }]) => sum + inputs, 0);

const mean = (xs: readonly number[]): number => xs.reduce((sum, x) => sum + x, 0) / xs.length;

function median(xs: readonly number[]): number {
  const sorted = xs.toSorted((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
