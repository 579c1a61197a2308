import type { Json } from '../../contracts/json.ts';
import { consolidate, type Consolidation } from './consolidate.ts';
import { type Consolidated, readConsolidated } from './consolidate-prompt.ts';
import type { AlignReport, AlignResult, AlignState } from './memalign-state.ts';
import { guidelineOf, type Rule, withoutRepeats } from './rules.ts';

/** The result after consolidation; a reply that cannot be read fails the alignment. */
export function finish(
  state: AlignState,
  { rules, reply }: { readonly rules: readonly Rule[]; readonly reply: Json },
): AlignResult {
  let read: Consolidated;
  try {
    read = readConsolidated(reply);
  } catch (error) {
    return failed(state, `consolidate: unusable reply: ${(error as Error).message}`);
  }
  const found = consolidate({ rules, reply: read, cap: state.cap });
  return {
    kind: 'aligned',
    guidelines: found.rules.map(guidelineOf),
    report: report(state, found),
  };
}

export function failed(state: AlignState, reason: string): AlignResult {
  return { kind: 'failed', reason, report: report(state, null) };
}

/** Rules were asked for and none came with a source. */
export function noGuidelines(state: AlignState): AlignResult {
  return { kind: 'no-guidelines', report: report(state, null) };
}

/** No rules were wanted: the memory holds past cases only. */
export function withoutRules(state: AlignState): AlignResult {
  return { kind: 'aligned', guidelines: [], report: report(state, null) };
}

function report(state: AlignState, found: Consolidation | null): AlignReport {
  const replies = state.distill.flatMap(({ answer }) => (answer.kind === 'ok' ? [answer.of] : []));
  const rules = replies.flatMap((reply) => reply.rules);
  const sum = (of: (reply: (typeof replies)[number]) => number): number =>
    replies.reduce((total, reply) => total + of(reply), 0);
  const withoutSource = sum(({ dropped }) => dropped.withoutSource);
  const unusableText = sum(({ dropped }) => dropped.unusableText);
  return {
    snapshots: state.snapshots,
    batches: state.batches,
    distilled: rules.length + withoutSource + unusableText,
    dropped: {
      withoutSource,
      unusableText,
      unfounded: found?.unfounded ?? 0,
      overLimit:
        state.consolidating === null
          ? 0
          : withoutRepeats(rules).length - state.consolidating.length,
      overCap: found?.overCap ?? 0,
    },
    keptAsTheyWere: found?.keptAsTheyWere ?? 0,
    contradictions: found?.contradictions ?? [],
  };
}
