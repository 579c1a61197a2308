import type { CycleProgress, Phase } from '../../contracts/progress.ts';
import { PHASES } from '../../contracts/progress.ts';
import { percent, span, usd } from '../terminal/figures.ts';

/** How far the work of the current phase has come, from the database. */
export type Figures = {
  readonly done: number;
  readonly total: number;
  /** Mean score of what was assessed so far; null where none may be shown (the gate) or none is there. */
  readonly score: number | null;
  readonly spend: number;
};

/** `evaluate  57 of 137, score 54.7 %, spent 0 USD, about 8 s left`. */
export function progressText(
  progress: CycleProgress,
  figures: Figures,
  pace: { readonly elapsedMs: number; readonly doneAtStart: number },
): string {
  const parts = [
    ...(figures.total > 0 ? [`${figures.done} of ${figures.total}${unit(progress.phase)}`] : []),
    ...labels(progress),
    ...(figures.score === null ? [] : [`score ${percent(figures.score)}`]),
    `spent ${usd(figures.spend)}`,
    ...timeLeft(figures, pace),
  ];
  return `${place(progress.phase)} ${parts.join(', ')}`;
}

const place = (phase: Phase): string =>
  `[${PHASES.indexOf(phase) + 1}/${PHASES.length}] ${phase.padEnd(9)}`;

const unit = (phase: Phase): string => (phase === 'label' || phase === 'check' ? ' labels' : '');

function labels({ phase, counts }: CycleProgress): readonly string[] {
  if (phase !== 'label' || counts === null) return [];
  return [`consensus on ${counts.minimum} items needed`];
}

// The pace of this phase as we have seen it; said only once it means something.
function timeLeft(
  { done, total }: Figures,
  { elapsedMs, doneAtStart }: { readonly elapsedMs: number; readonly doneAtStart: number },
): readonly string[] {
  const made = done - doneAtStart;
  if (made < 5 || elapsedMs < 1_000 || done >= total) return [];
  return [`about ${span(((total - done) / made) * elapsedMs)} left`];
}
