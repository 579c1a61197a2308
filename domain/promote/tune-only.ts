import { LEAST_CLUSTERS } from './primary.ts';

export type SealedSize = {
  /** The spec asks for a search without a gate. */
  readonly asked: boolean;
  /** Sealed clusters that nobody has opened. */
  readonly open: number;
  /** Conversations that were opened or retired. */
  readonly retired: number;
};

/** Why a cycle has no gate, or null when it has: it tunes, and ends `unmeasurable` without a look. */
export function whyTuneOnly({ asked, open, retired }: SealedSize): string | null {
  if (asked) return 'tune only, as the spec asks: no sealed example was looked at';
  if (open >= LEAST_CLUSTERS) return null;
  const spent = retired > 0 ? ` (${retired} conversations were opened or retired)` : '';
  return `tune only: ${open} sealed conversations${spent}, and a gate needs at least ${LEAST_CLUSTERS}; import fresh ones. No look was spent`;
}
