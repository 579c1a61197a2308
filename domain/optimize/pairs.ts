import { readEvaluation, readReflection } from './ask.ts';
import type { CandidateId, EvaluateAsk } from './ask.ts';
import { scoreOf } from './entry.ts';
import type { Entry } from './entry.ts';
import { idsOf } from './run.ts';
import type { Run } from './run.ts';
import type { Search } from './state.ts';

export type Wanted = {
  readonly id: string;
  readonly iteration: number;
  readonly candidate: CandidateId;
  readonly ordinals: readonly number[];
  readonly part: 'train' | 'validation';
  /** Whether stored results may serve; `payOnce` always lets them. */
  readonly cached: boolean;
};

/** Opens an ask for the pairs whose results are not at hand; null when none is missing. */
export function askEvaluation(run: Run, wanted: Wanted): string | null {
  const { search } = run;
  const ordinals = missingOrdinals(search, wanted);
  if (ordinals.length === 0) return null;
  const known = search.results[wanted.candidate] ?? {};
  search.totals.reserved += ordinals.length;
  search.totals.duplicates += ordinals.filter(
    (ordinal, at) => known[ordinal] !== undefined || ordinals.indexOf(ordinal) < at,
  ).length;
  search.open.push({
    id: wanted.id,
    kind: 'evaluate',
    iteration: wanted.iteration,
    candidate: wanted.candidate,
    components: search.candidates[wanted.candidate]!,
    exampleIds: idsOf(search, ordinals),
    traces: wanted.part === 'train' || needsTraces(search, ordinals),
    part: wanted.part,
  });
  return wanted.id;
}

/** The ordinals that an ask would have to pay for. */
export function missingOrdinals(
  search: Search,
  wanted: Pick<Wanted, 'candidate' | 'ordinals' | 'cached'>,
): readonly number[] {
  const { mends } = search.options;
  if (!mends.payOnce && !(wanted.cached && search.options.cache)) return wanted.ordinals;
  const known = search.results[wanted.candidate] ?? {};
  const fresh = wanted.ordinals.filter((ordinal) => known[ordinal] === undefined);
  if (!mends.payOnce) return fresh;
  const asked = new Set(
    search.open.flatMap((ask) =>
      ask.kind === 'evaluate' && ask.candidate === wanted.candidate ? ask.exampleIds : [],
    ),
  );
  return [...new Set(fresh)].filter((ordinal) => !asked.has(search.examples[ordinal]!));
}

/** Reads the answers of all open asks, in the order of the asks, and closes them. */
export function absorb(run: Run): void {
  const { search } = run;
  const asks = search.open;
  search.open = [];
  search.inbox = {};
  search.charges = {};
  search.reflected = {};
  for (const ask of asks) {
    const reply = search.answers[ask.id]!;
    if (ask.kind === 'reflect') search.reflected[ask.id] = readReflection(ask, reply);
    else store(search, ask);
  }
  search.answers = {};
}

/** The scores of some ordinals: what the ask brought, else what is stored. */
export function scoresOf(
  search: Search,
  {
    ask,
    candidate,
    ordinals,
  }: { readonly ask: string | null } & Pick<Wanted, 'candidate' | 'ordinals'>,
): (number | null)[] {
  return entriesOf(search, { ask, candidate, ordinals }).map(scoreOf);
}

export function entriesOf(
  search: Search,
  {
    ask,
    candidate,
    ordinals,
  }: { readonly ask: string | null } & Pick<Wanted, 'candidate' | 'ordinals'>,
): readonly (Entry | undefined)[] {
  const brought = ask === null ? {} : (search.inbox[ask] ?? {});
  const stored = search.results[candidate] ?? {};
  return ordinals.map((ordinal) => brought[ordinal] ?? stored[ordinal]);
}

/** Counts the answered pairs of some asks (each once) and reports the charge. */
export function charge(run: Run, iteration: number, asks: readonly (string | null)[]): void {
  const { search } = run;
  const n = [...new Set(asks)]
    .map((ask) => (ask === null ? 0 : (search.charges[ask] ?? 0)))
    .reduce((a, b) => a + b, 0);
  search.totals.rollouts += n;
  run.events.push({ kind: 'charge', iteration, n, total: search.totals.rollouts });
}

function store(search: Search, ask: EvaluateAsk): void {
  const { options, totals } = search;
  const outcomes = readEvaluation(ask, {
    reply: search.answers[ask.id]!,
    objectives: options.objectives,
  });
  const ordinals = new Map(search.examples.map((id, ordinal) => [id, ordinal]));
  const entries: Record<string, Entry> = {};
  for (const [id, { entry, reason }] of outcomes) {
    const ordinal = ordinals.get(id)!;
    if (reason !== undefined) totals.unscored[reason] = (totals.unscored[reason] ?? 0) + 1;
    entries[ordinal] = entry ?? (options.mends.leaveOutUnscored ? null : 0);
  }
  search.inbox[ask.id] = entries;
  search.charges[ask.id] = ask.exampleIds.length;
  // The reference never writes the seed's validation pass to its cache.
  if (!options.mends.payOnce && ask.iteration === 0) return;
  search.results[ask.candidate] = { ...search.results[ask.candidate], ...entries };
}

// A training example that is also a validation example is paid once, so its one rollout must bring its spans.
const needsTraces = (search: Search, ordinals: readonly number[]): boolean =>
  search.options.mends.payOnce && ordinals.some((ordinal) => search.train.includes(ordinal));
