import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError } from '@temporalio/client';
import { runFigures } from '../../db/figures.ts';
import type { Db } from '../../db/connect.ts';
import type { PoolCandidate } from '../../db/candidates.ts';
import type { Cycle } from '../../db/cycles.ts';
import type { Cli } from '../cli.ts';
import { percent, usd } from '../terminal/figures.ts';
import { createLiveLine } from '../terminal/live-line.ts';
import { frontsOf, readSearch } from './result.ts';
import { searchIdOf } from './start.ts';

export type SearchWatched =
  | { readonly kind: 'ended' | 'left' }
  | { readonly kind: 'failed'; readonly type: string; readonly message: string };

const EVERY_MS = 400;

/** Follows a search to its end: rollouts, candidates, fronts, best validation mean and spend. Looking changes nothing in it. */
export async function watchSearch(
  cli: Cli,
  search: Cycle,
  signal: AbortSignal,
): Promise<SearchWatched> {
  const client = await cli.connections.temporal();
  const db = await cli.connections.database();
  const line = createLiveLine(process.stderr);
  const leaving = new AbortController();
  const calls = AbortSignal.any([signal, leaving.signal]);
  const end = client.connection.withAbortSignal(calls, () => endOf(cli, search, calls));
  let last = '';
  let told = 0;
  try {
    for (;;) {
      const paused = sleep(EVERY_MS, null, { signal: calls }).catch(() => null);
      const ended = await Promise.race([end, paused]);
      if (ended !== null) return ended;
      if (signal.aborted) return { kind: 'left' };
      const { figures, text, candidates } = await progressOf(db, search);
      const fresh = candidates.slice(told);
      told = candidates.length;
      if (cli.json && text !== last)
        process.stderr.write(`${JSON.stringify({ ...figures, fresh })}\n`);
      if (!cli.json) {
        for (const candidate of fresh) line.keep(`     ${lineageOf(candidate, candidates)}`);
        line.show(`     ${text}`);
      }
      last = text;
    }
  } finally {
    leaving.abort();
    line.end();
  }
}

async function endOf(cli: Cli, search: Cycle, signal: AbortSignal): Promise<SearchWatched> {
  const client = await cli.connections.temporal();
  try {
    await client.workflow.getHandle(searchIdOf(search)).result();
    return { kind: 'ended' };
  } catch (error) {
    if (signal.aborted) return { kind: 'left' };
    if (!(error instanceof WorkflowFailedError)) throw error;
    return { kind: 'failed', ...reasonOf(error) };
  }
}

/** The outermost failure with a type of ours; else the innermost. */
function reasonOf(error: Error): { readonly type: string; readonly message: string } {
  let cause = error;
  for (;;) {
    if ('type' in cause && typeof cause.type === 'string')
      return { type: cause.type, message: cause.message };
    if (!(cause.cause instanceof Error)) return { type: cause.name, message: cause.message };
    cause = cause.cause;
  }
}

async function progressOf(db: Db, at: Cycle) {
  const { search, candidates, spend } = await readSearch(db, at);
  const arms = search.phase === 'optimize' ? 'others' : 'first';
  const run = { project: at.project, run: `${at.key}/optimize`, arms } as const;
  const { done, total } = await runFigures(db, run);
  const means = candidates.flatMap(({ validation }) => validation ?? []);
  const best = means.length === 0 ? null : Math.max(...means);
  const figures = {
    phase: search.phase,
    done,
    planned: total,
    candidates: candidates.length,
    fronts: frontsOf(candidates),
    best,
    spend: spend.usd,
  };
  const text = [
    `${(search.phase ?? 'starting').padEnd(9)} ${done} rollouts`,
    `${candidates.length} candidates on ${figures.fronts} fronts`,
    ...(best === null ? [] : [`best validation ${percent(best)}`]),
    `spent ${usd(spend.usd)}`,
  ].join(', ');
  return { figures, text, candidates };
}

/** A candidate as it joins the pool: its number, whom it came from, and how it stands. */
export function lineageOf(
  { position, parents, validation, fronts }: PoolCandidate,
  pool: readonly PoolCandidate[],
): string {
  const from = parents.map((hash) => pool.find((other) => other.hash === hash)?.position ?? '?');
  const origin =
    position === 0 ? 'the prompt as it stands' : from.join(' + ') || 'an earlier search';
  const mean = validation === null ? 'not measured' : `validation ${percent(validation)}`;
  return `candidate ${position} from ${origin}: ${mean}, leads on ${fronts.length}`;
}
