import type { Acceptance, Selection } from './options.ts';

export type Tested = {
  /** Identical children have equal ids. */
  readonly candidate: string;
  readonly before: number;
  readonly after: number;
};

export type RejectReason = 'score' | 'selection' | 'duplicate';

export const passes = (acceptance: Acceptance, { before, after }: Tested): boolean =>
  acceptance === 'strict_improvement' ? after > before : after >= before;

/** For each tested proposal null when it is taken, else why not (gepa strategies/proposal_selection.py). */
export function judgeProposals(
  proposals: readonly Tested[],
  { acceptance, selection }: { readonly acceptance: Acceptance; readonly selection: Selection },
): readonly (RejectReason | null)[] {
  const passing = proposals.flatMap((tested, at) => (passes(acceptance, tested) ? [at] : []));
  const ranked = byGain(passing, proposals);
  const limit = selection.kind === 'best' ? 1 : selection.kind === 'top_k' ? selection.k : Infinity;
  const chosen = selection.kind === 'all' ? passing : ranked.slice(0, limit);
  const seen = new Set<string>();
  const verdicts: (RejectReason | null)[] = proposals.map((_, at) =>
    passing.includes(at) ? 'selection' : 'score',
  );
  for (const at of chosen) {
    const { candidate } = proposals[at]!;
    verdicts[at] = seen.has(candidate) ? 'duplicate' : null;
    seen.add(candidate);
  }
  return verdicts;
}

/** Positions by falling gain; equal gains keep their order. */
export const byGain = (
  positions: readonly number[],
  proposals: readonly Tested[],
): readonly number[] => [...positions].sort((a, b) => gain(proposals[b]!) - gain(proposals[a]!));

const gain = ({ before, after }: Tested): number => after - before;
